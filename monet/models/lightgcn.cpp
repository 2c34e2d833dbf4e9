#include "monet/models/lightgcn.h"

#include "monet/autograd/ops/constant_spmm.h"
#include "monet/models/detail/batch_nodes.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/item_foldin.h"
#include "monet/models/detail/sizes.h"

#include <array>

namespace monet::models {

using autograd::Var;

LightGcn::LightGcn(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph,
                   ThreadPool& pool)
    : options_(options),
      graph_(&graph),
      encoder_{autograd::Propagation::lightgcn, options.layers, 0.0F, false},
      tape_(pool),
      popularity_(detail::popularity_of(graph)) {
  detail::require_same_shape("lightgcn", dataset, graph);
  detail::require_at_least("lightgcn", "dim", static_cast<double>(options.dim), 1);
  detail::require_at_least("lightgcn", "layers", options.layers, 0);
  detail::require_at_least("lightgcn", "weight-decay", static_cast<double>(options.weight_decay), 0);
  ParameterBlock& nodes = parameters_.add_block(graph.num_users() + graph.num_items(), options.dim);
  users_ = &parameters_.add_rows("user_embedding.weight", nodes, 0, graph.num_users());
  items_ = &parameters_.add_rows("item_id_embedding.weight", nodes, graph.num_users(), graph.num_items());
  users_->alias = "embedding_dict.user_emb";
  items_->alias = "embedding_dict.item_emb";
  if (options.adjacency == Adjacency::row_self_loops) {
    rows_ = detail::node_adjacency(graph, options.adjacency);
  } else if (options.layers > 0) {
    field_.emplace(graph, options.layers, kDenseShare, kBatchShare);
  }
}

void LightGcn::initialise(Rng& rng) {
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*items_, rng);
}

LossParts LightGcn::compute_gradients(const Batch& batch) {
  tape_.clear();
  return options_.adjacency == Adjacency::symmetric ? symmetric_step(batch) : row_step(batch);
}

LossParts LightGcn::symmetric_step(const Batch& batch) {
  const graph::ReceptiveField* field = nullptr;
  if (field_) {
    batch_items_.assign(batch.positives.begin(), batch.positives.end());
    batch_items_.insert(batch_items_.end(), batch.negatives.begin(), batch.negatives.end());
    field_->build(batch.users, batch_items_, false);
    field = &*field_;
  }
  const Var users = tape_.parameter(users_->value, users_->grad);
  const Var items = tape_.parameter(items_->value, items_->grad);
  const bool propagated = options_.regulariser == Regulariser::propagated;
  const Var layer0 = propagated ? Var{} : detail::regulariser(tape_, users, items, batch, options_.regulariser);
  const auto final_rows = autograd::propagate(tape_, *graph_, users, items, encoder_, field);
  return detail::run_dot_bpr(tape_, final_rows, graph_->user_items(), batch, layer0, options_.weight_decay, field);
}

LossParts LightGcn::row_step(const Batch& batch) {
  ParameterBlock& block = parameters_.blocks().front();
  const Var nodes = tape_.parameter(block.value.view(), block.grad.view());
  const Index num_users = graph_->num_users();
  const bool propagated = options_.regulariser == Regulariser::propagated;
  const Var layer0 = propagated ? Var{} : detail::regulariser(tape_, nodes, num_users, batch, options_.regulariser);
  const detail::BatchNodes of_batch(batch, num_users, graph_->num_items());
  const Var distinct = autograd::mean_of_layers(tape_, rows_.constant(), nodes, options_.layers, of_batch.nodes);
  return detail::run_dot_bpr(tape_, distinct, of_batch.positions(), layer0, options_.weight_decay);
}

Scoring LightGcn::scoring() {
  tape_.clear();
  tape_.set_recording(false);
  MatrixView<const float> users;
  MatrixView<const float> items;
  if (options_.adjacency == Adjacency::symmetric) {
    const Var start_users = tape_.constant(users_->value);
    const Var start_items = tape_.constant(items_->value);
    const auto final_rows = autograd::propagate(tape_, *graph_, start_users, start_items, encoder_, nullptr);
    users = tape_.value(final_rows.users);
    items = tape_.value(final_rows.items);
  } else {
    const Var start = tape_.constant(parameters_.blocks().front().value.view());
    const auto nodes = tape_.value(autograd::mean_of_layers(tape_, rows_.constant(), start, options_.layers, {}));
    users = nodes.row_range(0, graph_->num_users());
    items = nodes.row_range(graph_->num_users(), graph_->num_items());
  }
  tape_.set_recording(true);
  return detail::dot_scoring(users, items, *graph_, popularity_);
}

std::vector<NamedTensor> LightGcn::artifact_tensors() {
  if (options_.adjacency != Adjacency::symmetric) return {};
  tape_.set_recording(false);
  const auto foldin =
      detail::item_foldin(tape_, *graph_, tape_.constant(users_->value), tape_.constant(items_->value), encoder_);
  tape_.set_recording(true);
  return {{"item_foldin", tape_.value(*foldin)}};
}

ModelSettings LightGcn::defaults() {
  ModelSettings settings;
  settings.options.layers = 3;
  settings.options.weight_decay = 1e-4F;
  settings.options.regulariser = Regulariser::squared;
  settings.training.learning_rate = 1e-3;
  settings.training.decay = 1.0;
  settings.training.batch_size = 2048;
  settings.training.sampling = Sampling::interactions;
  return settings;
}

std::span<const std::string_view> LightGcn::option_names() {
  static constexpr std::array<std::string_view, 5> kNames = {"dim", "layers", "adjacency", "weight-decay",
                                                             "regulariser"};
  return kNames;
}

void LightGcn::take_sizes(ModelOptions& options, const TensorShapes& parameters) {
  if (!detail::take_size(options.dim, parameters, "user_embedding.weight", 1)) {
    detail::take_size(options.dim, parameters, "embedding_dict.user_emb", 1);
  }
}

std::size_t LightGcn::training_bytes(const ModelOptions& options, const data::Dataset& dataset) {
  // Value, gradient, two moments; layers and their gradients.
  return detail::tables_bytes(dataset, options.dim, 4 + 2 * (Index{options.layers} + 1));
}

}  // namespace monet::models
