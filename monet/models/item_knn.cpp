#include "monet/models/item_knn.h"

#include "monet/models/detail/checks.h"

#include <array>
#include <cmath>

namespace monet::models {

ItemKnn::ItemKnn(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph,
                 ThreadPool& pool)
    : options_(options), graph_(&graph), pool_(&pool), popularity_(detail::popularity_of(graph)) {
  detail::require_same_shape("itemknn", dataset, graph);
  detail::require_at_least("itemknn", "neighbours", static_cast<double>(options.neighbours), 0);
  detail::require_at_least("itemknn", "shrink", options.shrink, 0);
}

Scoring ItemKnn::scoring() {
  if (!similarity_) {
    const std::vector<double> ones(static_cast<std::size_t>(graph_->num_users()), 1.0);
    const Csr& users_of = graph_->item_users();
    const auto shrunk_cosine = [&](Index i, Index j, double shared) {
      return shared / (std::sqrt(static_cast<double>(users_of.degree(i) * users_of.degree(j))) + options_.shrink);
    };
    similarity_ = detail::item_similarity(*pool_, *graph_, ones, shrunk_cosine, options_.neighbours);
  }
  return detail::similarity_scoring(*similarity_, *graph_, popularity_);
}

std::span<const std::string_view> ItemKnn::option_names() {
  static constexpr std::array<std::string_view, 2> kNames = {"neighbours", "shrink"};
  return kNames;
}

std::size_t ItemKnn::training_bytes(const ModelOptions& options, const data::Dataset& dataset) {
  return detail::similarity_bytes(dataset, options.neighbours);
}

}  // namespace monet::models
