#include "monet/models/lattice.h"

#include "monet/autograd/ops/add_unit_rows.h"
#include "monet/autograd/ops/constant_spmm.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/linear.h"
#include "monet/autograd/ops/spmm.h"
#include "monet/core/error.h"
#include "monet/models/detail/batch_nodes.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/sizes.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace monet::models {

using autograd::Var;

namespace {

constexpr std::string_view kMapSuffix = "_trs.weight";

std::vector<MatrixView<const float>> features_of(const data::Dataset& dataset) {
  detail::require_modalities("lattice", dataset);
  std::vector<MatrixView<const float>> out;
  for (const data::Modality& modality : dataset.modalities) out.push_back(modality.features.view());
  return out;
}

const ModelOptions& checked(const ModelOptions& o) {
  detail::require_at_least("lattice", "dim", static_cast<double>(o.dim), 1);
  detail::require_at_least("lattice", "projection-dim", static_cast<double>(o.projection_dim), 1);
  detail::require_at_least("lattice", "layers", o.layers, 0);
  detail::require_at_least("lattice", "item-layers", o.item_layers, 0);
  detail::require_at_least("lattice", "item-neighbours", static_cast<double>(o.item_neighbours), 1);
  detail::require_between("lattice", "lambda-coeff", static_cast<double>(o.lambda_coeff), 0, 1);
  detail::require_at_least("lattice", "weight-decay", static_cast<double>(o.weight_decay), 0);
  return o;
}

}  // namespace

Lattice::Lattice(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph,
                 ThreadPool& pool)
    : options_(checked(options)),
      graph_(&graph),
      rows_(detail::node_adjacency(graph, Adjacency::row_self_loops)),
      item_graphs_(pool, features_of(dataset), options.item_neighbours, options.lambda_coeff),
      tape_(pool),
      popularity_(detail::popularity_of(graph)),
      all_items_(static_cast<std::size_t>(graph.num_items())) {
  detail::require_same_shape("lattice", dataset, graph);
  ParameterBlock& nodes = parameters_.add_block(graph.num_users() + graph.num_items(), options.dim);
  users_ = &parameters_.add_rows("user_embedding.weight", nodes, 0, graph.num_users());
  items_ = &parameters_.add_rows("item_id_embedding.weight", nodes, graph.num_users(), graph.num_items());
  for (const data::Modality& modality : dataset.modalities) {
    const std::string& name = modality.name;
    const Index width = modality.features.cols();
    modalities_.push_back({name, modality.features.view(),
                           &parameters_.add(name + "_embedding.weight", graph.num_items(), width),
                           &parameters_.add(name + "_trs.weight", options.projection_dim, width),
                           &parameters_.add_vector(name + "_trs.bias", options.projection_dim)});
  }
  modal_weight_ = &parameters_.add_vector("modal_weight", static_cast<Index>(modalities_.size()));
  std::iota(all_items_.begin(), all_items_.end(), static_cast<std::int32_t>(graph.num_users()));
}

void Lattice::initialise(Rng& rng) {
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*items_, rng);
  for (const Modality& modality : modalities_) {
    copy<float>(modality.features, modality.table->value);
    detail::linear_uniform(*modality.weight, *modality.bias, rng);
  }
  fill(modal_weight_->value, 1.0F / static_cast<float>(modalities_.size()));
}

void Lattice::begin_epoch(int /*epoch*/) {
  use_ = GraphUse::next_batch;
  kept_ = {};
}

std::vector<Var> Lattice::project() {
  std::vector<Var> projected;
  for (const Modality& modality : modalities_) {
    projected.push_back(autograd::linear(tape_, tape_.parameter(modality.table->value, modality.table->grad),
                                         tape_.parameter(modality.weight->value, modality.weight->grad),
                                         tape_.parameter(modality.bias->value, modality.bias->grad)));
  }
  return projected;
}

detail::ItemGraphs::Mixed Lattice::graph_with_gradient() {
  projected_ = project();
  return item_graphs_.mix(tape_, projected_, tape_.parameter(modal_weight_->value, modal_weight_->grad));
}

// h = Gⁿ E_items.
Var Lattice::propagated_items(Var nodes, const detail::ItemGraphs::Mixed& graph, int layers) {
  Var h = autograd::gather_rows(tape_, nodes, all_items_);
  for (int l = 0; l < layers; ++l) h = autograd::spmm(tape_, graph.pattern, graph.values, h);
  return h;
}

Var Lattice::mean_of_layers(Var nodes, std::span<const std::int32_t> rows) {
  return autograd::mean_of_layers(tape_, rows_.constant(), nodes, options_.layers, rows);
}

void Lattice::clear_graph_gradients() {
  if (graph_gradients_clear_) return;
  for (const Modality& modality : modalities_) {
    fill(modality.table->grad, 0.0F);
    fill(modality.weight->grad, 0.0F);
    fill(modality.bias->grad, 0.0F);
  }
  fill(modal_weight_->grad, 0.0F);
  graph_gradients_clear_ = true;
}

// Rows of h by a graph that is computed with its gradient, and kept if asked for.
Var Lattice::rows_by_new_graph(Var nodes, std::span<const std::int32_t> items) {
  graph_gradients_clear_ = false;
  const auto graph = graph_with_gradient();
  if (use_ == GraphUse::next_batch) {
    kept_ = {graph.pattern, Matrix<float>::copy_of(tape_.value(graph.values))};
    use_ = GraphUse::kept;
  }
  return autograd::gather_rows(tape_, propagated_items(nodes, graph, options_.item_layers), items);
}

// Rows of h by the graph that was kept: only the last layer's rows are computed.
Var Lattice::rows_by_kept_graph(Var nodes, std::span<const std::int32_t> items) {
  clear_graph_gradients();
  const int before = options_.item_layers - 1;
  if (before < 0) return autograd::gather_rows(tape_, propagated_items(nodes, {}, 0), items);
  const autograd::ConstantMatrix matrix{
      kept_.pattern.get(), {kept_.values.data(), static_cast<std::size_t>(kept_.values.size())}, {}};
  if (before == 0) return autograd::constant_spmm_rows(tape_, matrix, nodes, items, graph_->num_users());
  const detail::ItemGraphs::Mixed graph{kept_.pattern, tape_.constant(kept_.values.view())};
  return autograd::constant_spmm_rows(tape_, matrix, propagated_items(nodes, graph, before), items);
}

LossParts Lattice::compute_gradients(const Batch& batch) {
  tape_.clear();
  ParameterBlock& block = parameters_.blocks().front();
  const Var nodes = tape_.parameter(block.value.view(), block.grad.view());
  const detail::BatchNodes of_batch(batch, graph_->num_users(), graph_->num_items());
  const Var h =
      use_ == GraphUse::kept ? rows_by_kept_graph(nodes, of_batch.items) : rows_by_new_graph(nodes, of_batch.items);
  const Var mean = mean_of_layers(nodes, of_batch.nodes);
  const Var distinct = autograd::add_unit_rows(tape_, mean, h, of_batch.first_item);
  return detail::run_dot_bpr(tape_, distinct, of_batch.positions(), {}, options_.weight_decay);
}

Scoring Lattice::scoring() {
  tape_.clear();
  tape_.set_recording(false);
  const Var nodes = tape_.constant(parameters_.blocks().front().value.view());
  const Var h = propagated_items(nodes, graph_with_gradient(), options_.item_layers);
  const auto final_nodes =
      tape_.value(autograd::add_unit_rows(tape_, mean_of_layers(nodes, {}), h, graph_->num_users()));
  tape_.set_recording(true);
  return detail::dot_scoring(final_nodes.row_range(0, graph_->num_users()),
                             final_nodes.row_range(graph_->num_users(), graph_->num_items()), *graph_, popularity_);
}

std::vector<NamedTensor> Lattice::artifact_tensors() {
  std::vector<NamedTensor> tensors;
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    tensors.push_back({"item_embedding." + modalities_[m].name, tape_.value(projected_[m])});
  }
  return tensors;
}

detail::ItemMatrix Lattice::item_graph() {
  tape_.clear();
  tape_.set_recording(false);
  const auto graph = graph_with_gradient();
  tape_.set_recording(true);
  return {graph.pattern, Matrix<float>::copy_of(tape_.value(graph.values))};
}

std::vector<std::byte> Lattice::state() const {
  std::vector<std::byte> bytes{static_cast<std::byte>(use_)};
  if (use_ != GraphUse::kept) return bytes;
  const std::vector<std::byte> matrix = detail::to_bytes(kept_);
  bytes.insert(bytes.end(), matrix.begin(), matrix.end());
  return bytes;
}

void Lattice::restore(std::span<const std::byte> state) {
  if (state.empty() || state.front() > static_cast<std::byte>(GraphUse::kept)) {
    fail<DataError>("[lattice] the checkpoint does not say what became of the item graph; train again with --force");
  }
  const auto use = static_cast<GraphUse>(state.front());
  const std::span<const std::byte> rest = state.subspan(1);
  if (use != GraphUse::kept && !rest.empty()) {
    fail<DataError>("[lattice] the checkpoint has {} bytes too many; train again with --force", rest.size());
  }
  kept_ = use == GraphUse::kept ? detail::item_matrix_of(rest, graph_->num_items()) : detail::ItemMatrix{};
  use_ = use;
  graph_gradients_clear_ = false;
}

ModelSettings Lattice::defaults() {
  ModelSettings settings;
  settings.training.learning_rate = 5e-4;
  return settings;
}

std::span<const std::string_view> Lattice::option_names() {
  static constexpr std::array<std::string_view, 7> kNames = {
      "dim", "layers", "item-neighbours", "item-layers", "lambda-coeff", "projection-dim", "weight-decay"};
  return kNames;
}

void Lattice::take_sizes(ModelOptions& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "user_embedding.weight", 1);
  for (const auto& [name, shape] : parameters) {
    if (name.ends_with(kMapSuffix)) detail::take_size(options.projection_dim, parameters, name, 0);
  }
}

std::size_t Lattice::training_bytes(const ModelOptions& options, const data::Dataset& dataset) {
  // Value, gradient, two moments; layers of users and items and their gradients; layers of the item graph and theirs.
  std::size_t bytes = detail::tables_bytes(dataset, options.dim, 4 + 2 * (Index{options.layers} + 2));
  const Index items = dataset.num_items();
  Index floats = 2 * (Index{options.item_layers} + 1) * items * options.dim;
  Index widest = options.projection_dim;
  for (const data::Modality& modality : dataset.modalities) {
    const Index width = modality.features.cols();
    widest = std::max(widest, width);
    // The trained copy and the map, as above; projected rows, their unit rows and both gradients.
    floats += 4 * (items * width + options.projection_dim * (width + 1) + 1) + 4 * items * options.projection_dim;
  }
  floats += items * widest;  // unit rows of a kNN graph in the making
  bytes += static_cast<std::size_t>(floats) * sizeof(float);
  // Patterns with their transposes, places in the union, values and gradients of every part.
  constexpr Index kEntryBytes = 120;
  const auto parts = 2 * static_cast<Index>(dataset.modalities.size());
  return bytes + static_cast<std::size_t>(parts * items * std::min(options.item_neighbours, items) * kEntryBytes);
}

}  // namespace monet::models
