#include "monet/models/ngcf.h"

#include "monet/autograd/ops/bi_interaction.h"
#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/constant_spmm.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/normalize_rows.h"
#include "monet/models/detail/batch_nodes.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/sizes.h"

#include <fmt/format.h>

#include <array>

namespace monet::models {

using autograd::Var;

Ngcf::Ngcf(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(options),
      graph_(&graph),
      adjacency_(detail::node_adjacency(graph, options.adjacency)),
      tape_(pool),
      popularity_(detail::popularity_of(graph)) {
  detail::require_same_shape("ngcf", dataset, graph);
  detail::require_at_least("ngcf", "dim", static_cast<double>(options.dim), 1);
  detail::require_at_least("ngcf", "weight-decay", static_cast<double>(options.weight_decay), 0);
  detail::require_between("ngcf", "dropout", static_cast<double>(options.dropout), 0.0, 0.99);
  ParameterBlock& nodes = parameters_.add_block(graph.num_users() + graph.num_items(), options.dim);
  users_ = &parameters_.add_rows("user_embedding.weight", nodes, 0, graph.num_users());
  items_ = &parameters_.add_rows("item_id_embedding.weight", nodes, graph.num_users(), graph.num_items());
  Index width = options.dim;
  for (std::size_t k = 0; k < options.layer_widths.size(); ++k) {
    const Index next = options.layer_widths[k];
    detail::require_at_least("ngcf", "layer-widths", static_cast<double>(next), 1);
    const std::string gc = fmt::format("GC_Linear_list.{}", k);
    const std::string bi = fmt::format("Bi_Linear_list.{}", k);
    Layer added{};
    added.gc_weight = &parameters_.add(gc + ".weight", next, width);
    added.gc_bias = &parameters_.add_vector(gc + ".bias", next);
    added.bi_weight = &parameters_.add(bi + ".weight", next, width);
    added.bi_bias = &parameters_.add_vector(bi + ".bias", next);
    layers_.push_back(added);
    width = next;
  }
}

void Ngcf::initialise(Rng& rng) {
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*items_, rng);
  for (const Layer& layer : layers_) {
    detail::linear_uniform(*layer.gc_weight, *layer.gc_bias, rng);
    detail::linear_uniform(*layer.bi_weight, *layer.bi_bias, rng);
  }
}

Var Ngcf::layer(std::size_t k, Var self, Var neighbours, const std::uint64_t* seed) {
  const auto parameter = [&](const Parameter* p) { return tape_.parameter(p->value, p->grad); };
  const Layer& layer = layers_[k];
  autograd::BiInteraction applied{parameter(layer.gc_weight), parameter(layer.gc_bias), parameter(layer.bi_weight),
                                  parameter(layer.bi_bias), options_.adjacency == Adjacency::symmetric};
  if (seed != nullptr) {
    applied.dropout = options_.dropout;
    applied.seed = Rng(*seed, k).next();
  }
  return autograd::bi_interaction(tape_, self, neighbours, applied);
}

Var Ngcf::final_rows(Var nodes, std::span<const std::int32_t> rows, const std::uint64_t* seed) {
  const auto chosen = [&](Var x) { return rows.empty() ? x : autograd::gather_rows(tape_, x, rows); };
  const auto adjacency = adjacency_.constant();
  Var all = nodes;           // E^k of all nodes
  Var self = chosen(nodes);  // of those asked for
  std::vector<Var> parts = {self};
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    const bool last = k + 1 == layers_.size();
    if (last && !rows.empty()) {
      self = layer(k, self, autograd::constant_spmm_rows(tape_, adjacency, all, rows), seed);
    } else {
      all = layer(k, all, autograd::constant_spmm(tape_, adjacency, all), seed);
      self = chosen(all);
    }
    parts.push_back(autograd::normalize_rows(tape_, self));
  }
  return autograd::concat_columns(tape_, parts);
}

LossParts Ngcf::compute_gradients(const Batch& batch) {
  tape_.clear();
  ParameterBlock& block = parameters_.blocks().front();
  const Var nodes = tape_.parameter(block.value.view(), block.grad.view());
  const Index num_users = graph_->num_users();
  const bool propagated = options_.regulariser == Regulariser::propagated;
  const Var layer0 = propagated ? Var{} : detail::regulariser(tape_, nodes, num_users, batch, options_.regulariser);
  const detail::BatchNodes of_batch(batch, num_users, graph_->num_items());
  const Var distinct = final_rows(nodes, of_batch.nodes, &batch.seed);
  return detail::run_dot_bpr(tape_, distinct, of_batch.positions(), layer0, options_.weight_decay);
}

Scoring Ngcf::scoring() {
  tape_.clear();
  tape_.set_recording(false);
  const auto nodes = tape_.value(final_rows(tape_.constant(parameters_.blocks().front().value.view()), {}, nullptr));
  tape_.set_recording(true);
  return detail::dot_scoring(nodes.row_range(0, graph_->num_users()),
                             nodes.row_range(graph_->num_users(), graph_->num_items()), *graph_, popularity_);
}

ModelSettings Ngcf::defaults() {
  ModelSettings settings;
  settings.options.adjacency = Adjacency::row_self_loops;
  settings.options.dropout = 0.1F;
  settings.training.learning_rate = 5e-4;
  return settings;
}

std::span<const std::string_view> Ngcf::option_names() {
  static constexpr std::array<std::string_view, 6> kNames = {"dim",     "layer-widths", "adjacency",
                                                             "dropout", "weight-decay", "regulariser"};
  return kNames;
}

void Ngcf::take_sizes(ModelOptions& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "user_embedding.weight", 1);
  std::vector<Index> widths;
  Index width = 0;
  while (detail::take_size(width, parameters, fmt::format("GC_Linear_list.{}.weight", widths.size()), 0)) {
    widths.push_back(width);
  }
  if (!widths.empty()) options.layer_widths = widths;
}

std::size_t Ngcf::training_bytes(const ModelOptions& options, const data::Dataset& dataset) {
  // Value, gradient, two moments and the gathered rows' gradient; then about ten values of a layer and their gradients.
  std::size_t bytes = detail::tables_bytes(dataset, options.dim, 6);
  Index width = options.dim;
  for (const Index next : options.layer_widths) {
    bytes += detail::tables_bytes(dataset, width, 6) + detail::tables_bytes(dataset, next, 12);
    bytes += static_cast<std::size_t>(2 * next * (width + 1)) * 4 * sizeof(float);
    width = next;
  }
  // The matrix over all nodes and its transpose: two indices, a place and a value for each entry.
  const auto entries = static_cast<std::size_t>(2 * dataset.train.nnz() + dataset.num_users() + dataset.num_items());
  return bytes + entries * 28;
}

}  // namespace monet::models
