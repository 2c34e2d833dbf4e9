#include "monet/models/p3alpha.h"

#include "monet/models/detail/checks.h"

#include <array>

namespace monet::models {

P3Alpha::P3Alpha(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph,
                 ThreadPool& pool)
    : options_(options), graph_(&graph), pool_(&pool), popularity_(detail::popularity_of(graph)) {
  detail::require_same_shape("p3alpha", dataset, graph);
  detail::require_at_least("p3alpha", "neighbours", static_cast<double>(options.neighbours), 0);
}

Scoring P3Alpha::scoring() {
  if (!similarity_) {
    std::vector<double> step_from_user;  // 1 / n_u; users without items are met by no walk
    for (Index u = 0; u < graph_->num_users(); ++u) {
      step_from_user.push_back(1.0 / static_cast<double>(std::max<Index>(graph_->user_items().degree(u), 1)));
    }
    const auto likelihood = [&](Index i, Index /*j*/, double shared) {
      return shared / static_cast<double>(graph_->item_users().degree(i));
    };
    similarity_ = detail::item_similarity(*pool_, *graph_, step_from_user, likelihood, options_.neighbours);
  }
  return detail::similarity_scoring(*similarity_, *graph_, popularity_);
}

std::span<const std::string_view> P3Alpha::option_names() {
  static constexpr std::array<std::string_view, 1> kNames = {"neighbours"};
  return kNames;
}

std::size_t P3Alpha::training_bytes(const ModelOptions& options, const data::Dataset& dataset) {
  return detail::similarity_bytes(dataset, options.neighbours);
}

}  // namespace monet::models
