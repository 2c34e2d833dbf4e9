#include "monet/experiments/similarity.h"

#include "monet/core/error.h"
#include "monet/eval/analyses.h"
#include "monet/eval/histogram.h"

#include <array>
#include <cmath>

namespace monet::experiments {

namespace {

ModalitySimilarity similarity_of(ThreadPool& pool, const data::Dataset& dataset, const data::Modality& modality,
                                 int bins) {
  const std::array<CsrView, 3> splits = {dataset.train, dataset.validation, dataset.test};
  const eval::UserSimilarity users = eval::user_similarity(pool, modality.features, splits);
  std::vector<double> interacted, others;
  for (std::size_t u = 0; u < users.per_user_interacted.size(); ++u) {
    if (std::isnan(users.per_user_interacted[u]) || std::isnan(users.per_user_others[u])) continue;
    interacted.push_back(users.per_user_interacted[u]);
    others.push_back(users.per_user_others[u]);
  }
  if (interacted.size() < 2) {
    fail<DataError>(
        "{}: fewer than two users have two items with {} features; similarity is over pairs of a user's items",
        dataset.path, modality.name);
  }
  ModalitySimilarity result;
  result.modality = modality.name;
  result.interacted = users.interacted;
  result.not_interacted = users.others;
  result.users = static_cast<Index>(interacted.size());
  result.t = eval::paired_t_test(interacted, others);
  result.wilcoxon = eval::wilcoxon_signed_rank(interacted, others);
  const std::array<std::span<const double>, 2> sets = {interacted, others};
  result.edges = eval::even_edges(sets, bins);
  result.interacted_counts = eval::counts(interacted, result.edges);
  result.not_interacted_counts = eval::counts(others, result.edges);
  return result;
}

}  // namespace

std::vector<ModalitySimilarity> analyze_similarity(ThreadPool& pool, const data::Dataset& dataset, int bins) {
  if (dataset.modalities.empty()) {
    fail<DataError>("{}: no item features; similarity is between them: put NAME_feat.npy into the dataset",
                    dataset.path);
  }
  std::vector<ModalitySimilarity> result;
  for (const data::Modality& modality : dataset.modalities) {
    result.push_back(similarity_of(pool, dataset, modality, bins));
  }
  return result;
}

}  // namespace monet::experiments
