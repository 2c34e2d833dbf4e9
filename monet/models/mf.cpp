#include "monet/models/mf.h"

#include "monet/autograd/ops/target_attention.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/sizes.h"

#include <array>

namespace monet::models {

Mf::Mf(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(options), graph_(&graph), tape_(pool), popularity_(detail::popularity_of(graph)) {
  detail::require_same_shape("mf", dataset, graph);
  detail::require_at_least("mf", "dim", static_cast<double>(options.dim), 1);
  detail::require_at_least("mf", "weight-decay", static_cast<double>(options.weight_decay), 0);
  users_ = &parameters_.add("user_embedding.weight", graph.num_users(), options.dim);
  items_ = &parameters_.add("item_embedding.weight", graph.num_items(), options.dim);
}

void Mf::initialise(Rng& rng) {
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*items_, rng);
}

LossParts Mf::compute_gradients(const Batch& batch) {
  tape_.clear();
  const auto users = tape_.parameter(users_->value, users_->grad);
  const auto items = tape_.parameter(items_->value, items_->grad);
  const auto loss = autograd::target_aware_bpr(tape_, users, items, graph_->user_items(), batch.users, batch.positives,
                                               batch.negatives, {false, 0.0F, false, options_.weight_decay}, nullptr);
  tape_.backward(loss.total);
  return {loss.ranking + static_cast<double>(options_.weight_decay) * loss.regulariser, loss.ranking, loss.regulariser};
}

Scoring Mf::scoring() {
  return detail::dot_scoring(users_->value, items_->value, *graph_, popularity_);
}

ModelSettings Mf::defaults() {
  ModelSettings settings;
  settings.training.learning_rate = 5e-4;
  return settings;
}

std::span<const std::string_view> Mf::option_names() {
  static constexpr std::array<std::string_view, 2> kNames = {"dim", "weight-decay"};
  return kNames;
}

void Mf::take_sizes(ModelOptions& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "user_embedding.weight", 1);
}

std::size_t Mf::training_bytes(const ModelOptions& options, const data::Dataset& dataset) {
  return detail::tables_bytes(dataset, options.dim, 4);
}

}  // namespace monet::models
