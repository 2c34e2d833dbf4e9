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
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/registry.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace monet::models {

using autograd::Tape;
using autograd::Var;

namespace {

constexpr std::string_view kMapSuffix = "_trs.weight";

std::vector<MatrixView<const float>> features_of(const data::Dataset& dataset) {
  detail::require_modalities(Lattice::kName, dataset);
  std::vector<MatrixView<const float>> out;
  for (const data::Modality& modality : dataset.modalities) out.push_back(modality.features.view());
  return out;
}

}  // namespace

Lattice::Lattice(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(option_set().checked(options, kName)),
      graph_(&graph),
      rows_(detail::node_adjacency(graph, Adjacency::row_self_loops)),
      item_graphs_(pool, features_of(dataset), options.item_neighbours, options.lambda_coeff),
      all_items_(static_cast<std::size_t>(graph.num_items())) {
  detail::require_same_shape(kName, dataset, graph);
  ParameterBlock& nodes = parameters_.add_block(graph.num_users() + graph.num_items(), options.dim);
  users_ = &parameters_.add_rows("user_embedding.weight", nodes, 0, graph.num_users(), RowsOf::users);
  items_ =
      &parameters_.add_rows("item_id_embedding.weight", nodes, graph.num_users(), graph.num_items(), RowsOf::items);
  for (const data::Modality& modality : dataset.modalities) {
    const std::string& name = modality.name;
    const Index width = modality.features.cols();
    modalities_.push_back({name, modality.features.view(),
                           &parameters_.add(name + "_embedding.weight", graph.num_items(), width, RowsOf::items),
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

std::vector<Var> Lattice::project(Tape& tape) {
  std::vector<Var> projected;
  for (const Modality& modality : modalities_) {
    projected.push_back(autograd::linear(tape, tape.parameter(modality.table->value, modality.table->grad),
                                         tape.parameter(modality.weight->value, modality.weight->grad),
                                         tape.parameter(modality.bias->value, modality.bias->grad)));
  }
  return projected;
}

detail::ItemGraphs::Mixed Lattice::graph_with_gradient(Tape& tape, std::span<const Var> projected) {
  return item_graphs_.mix(tape, projected, tape.parameter(modal_weight_->value, modal_weight_->grad));
}

// h = Gⁿ E_items.
Var Lattice::propagated_items(Tape& tape, Var nodes, const detail::ItemGraphs::Mixed& graph, int layers) {
  Var h = autograd::gather_rows(tape, nodes, all_items_);
  for (int l = 0; l < layers; ++l) h = autograd::spmm(tape, graph.pattern, graph.values, h);
  return h;
}

Var Lattice::mean_of_layers(Tape& tape, Var nodes, std::span<const std::int32_t> rows) {
  return autograd::mean_of_layers(tape, rows_.constant(), nodes, options_.layers, rows);
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
Var Lattice::rows_by_new_graph(Tape& tape, Var nodes, std::span<const std::int32_t> items) {
  graph_gradients_clear_ = false;
  const auto graph = graph_with_gradient(tape, project(tape));
  if (use_ == GraphUse::next_batch) {
    kept_ = {graph.pattern, Matrix<float>::copy_of(tape.value(graph.values))};
    use_ = GraphUse::kept;
  }
  return autograd::gather_rows(tape, propagated_items(tape, nodes, graph, options_.item_layers), items);
}

// Rows of h by the graph that was kept: only the last layer's rows are computed.
Var Lattice::rows_by_kept_graph(Tape& tape, Var nodes, std::span<const std::int32_t> items) {
  clear_graph_gradients();
  const int before = options_.item_layers - 1;
  if (before < 0) return autograd::gather_rows(tape, propagated_items(tape, nodes, {}, 0), items);
  const autograd::ConstantMatrix matrix{
      kept_.pattern.get(), {kept_.values.data(), static_cast<std::size_t>(kept_.values.size())}, {}};
  if (before == 0) return autograd::constant_spmm_rows(tape, matrix, nodes, items, graph_->num_users());
  const detail::ItemGraphs::Mixed graph{kept_.pattern, tape.constant(kept_.values.view())};
  return autograd::constant_spmm_rows(tape, matrix, propagated_items(tape, nodes, graph, before), items);
}

Loss Lattice::loss(Tape& tape, const Batch& batch) {
  ParameterBlock& block = parameters_.blocks().front();
  const Var nodes = tape.parameter(block.value.view(), block.grad.view());
  const detail::BatchNodes of_batch(batch, graph_->num_users(), graph_->num_items());
  const Var h = use_ == GraphUse::kept ? rows_by_kept_graph(tape, nodes, of_batch.items)
                                       : rows_by_new_graph(tape, nodes, of_batch.items);
  const Var mean = mean_of_layers(tape, nodes, of_batch.nodes);
  const Var distinct = autograd::add_unit_rows(tape, mean, h, of_batch.first_item);
  return detail::weighed_dot_bpr(tape, distinct, of_batch.positions(), {}, options_.weight_decay);
}

Output Lattice::output(Tape& tape, Detail detail) {
  Output out;
  const Var nodes = tape.constant(parameters_.blocks().front().value.view());
  const std::vector<Var> projected = project(tape);
  const Var h = propagated_items(tape, nodes, graph_with_gradient(tape, projected), options_.item_layers);
  detail::add_dot_scoring(
      out, tape, autograd::add_unit_rows(tape, mean_of_layers(tape, nodes, {}), h, graph_->num_users()), *graph_);
  if (detail == Detail::artifact) {
    for (std::size_t m = 0; m < modalities_.size(); ++m) {
      out.tensors.push_back({"item_embedding." + modalities_[m].name, out.keep(tape, projected[m])});
    }
  }
  return out;
}

detail::ItemMatrix Lattice::item_graph(Tape& tape) {
  tape.clear();
  const autograd::NoGradient no_gradient(tape);
  const auto graph = graph_with_gradient(tape, project(tape));
  return {graph.pattern, Matrix<float>::copy_of(tape.value(graph.values))};
}

// A step that keeps its item graph; its last layer for the batch's items only.
StepWork Lattice::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(*graph_, batch);
  StepWork work;
  work.gathers.push_back(detail::row_passes(sizes, options_.layers, options_.dim));
  if (options_.item_layers == 0) return work;
  const Csr* kept = use_ == GraphUse::kept ? &kept_.pattern->csr : nullptr;
  const auto least = static_cast<Index>(modalities_.size()) * std::min(options_.item_neighbours, sizes.items);
  Index last = 0;
  for (const std::int32_t item : sizes.batch_items) last += kept == nullptr ? least : kept->degree(item);
  const Index whole = kept == nullptr ? sizes.items * least : kept->nnz();
  work.gathers.push_back(
      {2.0 * static_cast<double>((options_.item_layers - 1) * whole + last), options_.dim, sizes.items});
  return work;
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
    fail<DataError>("[lattice] the checkpoint does not say what became of the item graph; train again with `force`");
  }
  const auto use = static_cast<GraphUse>(state.front());
  const std::span<const std::byte> rest = state.subspan(1);
  if (use != GraphUse::kept && !rest.empty()) {
    fail<DataError>("[lattice] the checkpoint has {} bytes too many; train again with `force`", rest.size());
  }
  kept_ = use == GraphUse::kept ? detail::item_matrix_of(rest, graph_->num_items()) : detail::ItemMatrix{};
  use_ = use;
  graph_gradients_clear_ = false;
}

const OptionSet<Lattice::Options>& Lattice::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim);
    describe::layers(s, &Options::layers);
    s.whole("item-neighbours", &Options::item_neighbours, 1, OptionInfo::kAny, "k of the item-item graphs");
    s.whole("item-layers", &Options::item_layers, 0, describe::kMostLayers, "layers over the item-item graph");
    s.number("lambda-coeff", &Options::lambda_coeff, 0, 1, "share of the graph of raw features");
    s.whole("projection-dim", &Options::projection_dim, 1, describe::kMostDimensions,
            "width of the projected features");
    describe::weight_decay(s, &Options::weight_decay);
    return s;
  }();
  return set;
}

void Lattice::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "user_embedding.weight", 1);
  for (const auto& [name, shape] : parameters) {
    if (name.ends_with(kMapSuffix)) detail::take_size(options.projection_dim, parameters, name, 0);
  }
}

std::size_t Lattice::training_bytes(const Options& options, const data::Dataset& dataset) {
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

const Registration& lattice_registration() {
  static const Registration entry =
      registration_of<Lattice>({"ids propagated over the user-item graph and over a learnt graph of similar items",
                                {.learning_rate = 5e-4},
                                // MMRec: rates and weights.
                                {{"learning-rate", {"0.0001", "0.0005", "0.001", "0.005"}},
                                 {"weight-decay", {"0", "0.00001", "0.0001", "0.001"}}}});
  return entry;
}

}  // namespace monet::models
