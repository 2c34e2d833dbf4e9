#include "cli/analyze_json.h"

#include "cli/json_text.h"

#include <nlohmann/json.hpp>

namespace monet::cli {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const eval::Significance& test) {
  return {{"statistic", test.statistic}, {"p", test.p}};
}

Json to_json(const data::Dataset& dataset) {
  Json names = Json::array();
  for (const data::Modality& modality : dataset.modalities) names.push_back(modality.name);
  return {{"name", dataset.name},
          {"path", dataset.path},
          {"hash", dataset.hash},
          {"users", dataset.num_users()},
          {"items", dataset.num_items()},
          {"interactions", dataset.train.nnz() + dataset.validation.nnz() + dataset.test.nnz()},
          {"train", dataset.train.nnz()},
          {"validation", dataset.validation.nnz()},
          {"test", dataset.test.nnz()},
          {"modalities", names}};
}

}  // namespace

std::string similarity_json(const data::Dataset& dataset,
                            const std::vector<experiments::ModalitySimilarity>& modalities) {
  Json json{{"format", "monet-similarity"},
            {"version", 1},
            {"program", artifact::program_version()},
            {"dataset", to_json(dataset)},
            {"users", dataset.num_users()}};
  for (const experiments::ModalitySimilarity& m : modalities) {
    json["modalities"].push_back(
        {{"name", m.modality},
         {"interacted", m.interacted},
         {"not_interacted", m.not_interacted},
         {"excess_percent", m.excess_percent()},
         {"users", m.users},
         {"t", to_json(m.t)},
         {"wilcoxon", to_json(m.wilcoxon)},
         {"histogram",
          {{"edges", m.edges}, {"interacted", m.interacted_counts}, {"not_interacted", m.not_interacted_counts}}}});
  }
  return json_text(json);
}

std::string avg_diff_json(const artifact::Artifact& artifact,
                          const std::vector<experiments::ModalityDifference>& modalities, bool exact) {
  Json json{{"format", "monet-average-difference"},   {"version", 1},
            {"program", artifact::program_version()}, {"artifact", artifact.path().string()},
            {"model", artifact.config().model},       {"exact", exact}};
  for (const experiments::ModalityDifference& m : modalities) {
    json["modalities"].push_back({{"name", m.modality},
                                  {"embedding", m.embedding},
                                  {"value", m.estimate.mean},
                                  {"standard_error", m.estimate.standard_error},
                                  {"pairs", m.estimate.pairs}});
  }
  return json_text(json);
}

}  // namespace monet::cli
