#include "monet/models/popularity.h"

#include "monet/models/detail/checks.h"
#include "monet/models/detail/sizes.h"

namespace monet::models {

Popularity::Popularity(const ModelOptions& /*options*/, const data::Dataset& dataset, const graph::Bipartite& graph,
                       ThreadPool& /*pool*/)
    : graph_(&graph),
      popularity_(detail::popularity_of(graph)),
      users_(graph.num_users(), 1),
      item_foldin_(Matrix<float>::zeros(graph.num_items(), 1)),
      user_foldin_(1, 1) {
  detail::require_same_shape("popularity", dataset, graph);
  fill(users_.view(), 1.0F);
  fill(user_foldin_.view(), 1.0F);
}

Scoring Popularity::scoring() {
  const MatrixView<const float> items(popularity_.data(), graph_->num_items(), 1);
  return detail::dot_scoring(users_.view(), items, *graph_, popularity_);
}

std::vector<NamedTensor> Popularity::artifact_tensors() {
  return {{"item_foldin", item_foldin_.view()}, {"user_foldin", user_foldin_.view()}};
}

std::size_t Popularity::training_bytes(const ModelOptions& /*options*/, const data::Dataset& dataset) {
  return detail::tables_bytes(dataset, 1, 2);
}

}  // namespace monet::models
