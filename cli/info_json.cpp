#include "cli/info_json.h"

#include "cli/json_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <variant>

namespace monet::cli {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const data::DegreeSummary& degrees) {
  return {{"count", degrees.count},   {"min", degrees.minimum},         {"quartile1", degrees.quartile1},
          {"median", degrees.median}, {"quartile3", degrees.quartile3}, {"max", degrees.maximum},
          {"mean", degrees.mean}};
}

Json to_json(const data::ModalitySummary& modality) {
  return {{"name", modality.name},
          {"rows", modality.rows},
          {"width", modality.width},
          {"missing_rows", modality.missing_rows},
          {"zero_rows", modality.zero_rows},
          {"mean_rows", modality.mean_rows},
          {"not_finite", modality.not_finite},
          {"coverage", modality.coverage},
          {"norm", {{"min", modality.norm_min}, {"mean", modality.norm_mean}, {"max", modality.norm_max}}}};
}

Json to_json(const eval::Estimate& share) {
  return {{"auc", share.mean}, {"standard_error", share.standard_error}};
}

Json to_json(const eval::ModalityQuality& modality) {
  const eval::NearDuplicates& near = modality.near_duplicates;
  return {{"constant_columns", modality.constant_columns},
          {"repeated_rows", modality.repeated_rows},
          {"largest_group_of_equal_rows", modality.largest_group},
          {"near_duplicates",
           {{"found", near.found}, {"compared", near.compared}, {"rows", near.candidates}, {"at_mean", near.at_mean}}},
          {"taste",
           {{"others", to_json(modality.taste.others)},
            {"catalogue", to_json(modality.taste.catalogue)},
            {"users", modality.taste.users},
            {"all_users", modality.taste.all_users}}}};
}

Json to_json(const data::Leak& leak, const data::Dataset& dataset, const data::Inspection& inspection) {
  return {{"splits", {inspection.splits[leak.first].name, inspection.splits[leak.second].name}},
          {"count", leak.count},
          {"user", dataset.user_ids[static_cast<std::size_t>(leak.user)]},
          {"item", dataset.item_ids[static_cast<std::size_t>(leak.item)]}};
}

Json to_json(const Fields& fields) {
  Json object = Json::object();
  for (const auto& [name, value] : fields) {
    object[name] = std::visit([](const auto& held) { return Json(held); }, value);
  }
  return object;
}

/// A float32 as the number that it was written as.
double as_written(float value) {
  return std::stod(fmt::format("{}", value));
}

}  // namespace

std::string info_json(const data::Dataset& dataset, const data::Inspection& inspection,
                      const eval::DataQuality& quality) {
  Json json{{"what", "dataset"},
            {"path", dataset.path},
            {"format", dataset.format},
            {"hash", dataset.hash},
            {"users", inspection.num_users},
            {"items", inspection.num_items},
            {"interactions", inspection.num_interactions},
            {"density", inspection.density}};
  for (const data::SplitSummary& split : inspection.splits) {
    json["splits"][split.name] = {{"interactions", split.interactions}, {"users", split.users}, {"items", split.items}};
  }
  json["training_items_per_user"] = to_json(inspection.user_degrees);
  json["training_users_per_item"] = to_json(inspection.item_degrees);
  if (inspection.weights) {
    json["weights"] = {{"least", as_written(inspection.weights->least)},
                       {"largest", as_written(inspection.weights->largest)},
                       {"mean", inspection.weights->mean}};
  }
  json["duplicate_interactions"] = inspection.duplicate_interactions;
  json["leaks"] = inspection.leaks;
  json["leaks_between"] = Json::array();
  for (const data::Leak& leak : inspection.leaks_between) {
    json["leaks_between"].push_back(to_json(leak, dataset, inspection));
  }
  json["users_without_training"] = inspection.users_without_training;
  json["silent_users"] = inspection.silent_users;
  json["cold_items"] = inspection.cold_items;
  json["items_without_training"] = inspection.items_without_training;
  json["modalities"] = Json::array();
  for (const data::ModalitySummary& modality : inspection.modalities) json["modalities"].push_back(to_json(modality));
  for (const eval::ModalityQuality& modality : quality.modalities) {
    for (Json& entry : json["modalities"]) {
      if (entry["name"] == modality.name) entry["quality"] = to_json(modality);
    }
  }
  json["notes"] = dataset.notes.lines;
  json["warnings"] = quality.warnings;
  json["problems"] = inspection.problems;
  json["broken"] = inspection.broken;
  return json_text(json);
}

std::string info_json(const artifact::Artifact& artifact) {
  const artifact::Config& config = artifact.config();
  Json json{{"what", "artifact"},
            {"path", artifact.path().string()},
            {"program_version", config.program_version},
            {"model", config.model},
            {"kind", scoring::to_string(config.kind)},
            {"users", config.num_users},
            {"items", config.num_items},
            {"interactions", config.num_interactions},
            {"embedding_width", config.embedding_width},
            {"data", {{"name", config.data_name}, {"hash", config.data_hash}}}};
  json["modalities"] = Json::array();
  for (const artifact::ModalityInfo& modality : config.modalities) {
    json["modalities"].push_back({{"name", modality.name}, {"features", modality.features}});
  }
  for (std::size_t m = 0; m < artifact.parts().size(); ++m) {
    const artifact::Config& part = artifact.parts()[m].config();
    json["parts"].push_back({{"model", part.model},
                             {"kind", scoring::to_string(part.kind)},
                             {"weight", config.blend_weights[m]},
                             {"path", artifact.parts()[m].path().string()},
                             {"hyper_parameters", to_json(part.hyper_parameters)},
                             {"metrics", {{"validation", part.validation}, {"test", part.test}}}});
  }
  json["hyper_parameters"] = to_json(config.hyper_parameters);
  json["training"] = to_json(config.training);
  json["metrics"] = {{"validation", config.validation}, {"test", config.test}};
  json["tensors"] = artifact.tensor_names();
  return json_text(json);
}

}  // namespace monet::cli
