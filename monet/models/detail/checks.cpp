#include "monet/models/detail/checks.h"

#include "monet/core/error.h"

#include <cmath>

namespace monet::models::detail {

void require_modalities(std::string_view model, const data::Dataset& dataset) {
  if (dataset.modalities.empty()) {
    fail<DataError>(
        "[{}] needs at least one modality, and dataset {} has none: put features of the items beside the "
        "interactions as NAME_feat.npy (one row for each item), or choose a model that works without",
        model, dataset.name);
  }
  for (const auto& modality : dataset.modalities) {
    if (modality.features.rows() != dataset.num_items()) {
      fail<DataError>("[{}] modality {} has {} rows, the dataset {} items", model, modality.name,
                      modality.features.rows(), dataset.num_items());
    }
  }
}

void require_same_shape(std::string_view model, const data::Dataset& dataset, const graph::Bipartite& graph) {
  if (graph.num_users() != dataset.num_users() || graph.num_items() != dataset.num_items()) {
    fail<InvalidArgument>("[{}] the graph has {} users and {} items, the dataset {} and {}", model, graph.num_users(),
                          graph.num_items(), dataset.num_users(), dataset.num_items());
  }
}

void require_at_least(std::string_view model, std::string_view option, double value, double least) {
  if (value >= least && std::isfinite(value)) return;
  fail<InvalidArgument>("[{}] {} is {}; it must be a number of at least {}", model, option, value, least);
}

void require_between(std::string_view model, std::string_view option, double value, double low, double high) {
  if (value >= low && value <= high) return;
  fail<InvalidArgument>("[{}] {} is {}; it must lie in [{}, {}]", model, option, value, low, high);
}

std::vector<float> popularity_of(const graph::Bipartite& graph) {
  std::vector<float> popularity;
  popularity.reserve(static_cast<std::size_t>(graph.num_items()));
  for (Index i = 0; i < graph.num_items(); ++i) {
    popularity.push_back(static_cast<float>(graph.item_users().degree(i)));
  }
  return popularity;
}

scoring::Scoring dot_scoring(MatrixView<const float> users, MatrixView<const float> items,
                             const graph::Bipartite& graph, std::span<const float> popularity) {
  scoring::Scoring out;
  out.kind = scoring::ScoreKind::dot;
  out.user_embedding = users;
  out.item_embedding = items;
  out.history = graph.user_items().view();
  out.item_popularity = popularity;
  return out;
}

}  // namespace monet::models::detail
