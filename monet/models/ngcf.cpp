#include "monet/models/ngcf.h"

#include "monet/autograd/ops/bi_interaction.h"
#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/constant_spmm.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/normalize_rows.h"
#include "monet/models/detail/batch_nodes.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/grids.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/registry.h"

#include <fmt/format.h>

#include <array>

namespace monet::models {

using autograd::Tape;
using autograd::Var;

Ngcf::Ngcf(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& /*pool*/)
    : options_(option_set().checked(options, kName)),
      graph_(&graph),
      adjacency_(detail::node_adjacency(graph, options.adjacency)) {
  detail::require_same_shape(kName, dataset, graph);
  ParameterBlock& nodes = parameters_.add_block(graph.num_users() + graph.num_items(), options.dim);
  users_ = &parameters_.add_rows("user_embedding.weight", nodes, 0, graph.num_users(), RowsOf::users);
  items_ =
      &parameters_.add_rows("item_id_embedding.weight", nodes, graph.num_users(), graph.num_items(), RowsOf::items);
  Index width = options.dim;
  for (std::size_t k = 0; k < options.layer_widths.size(); ++k) {
    const Index next = options.layer_widths[k];
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

Var Ngcf::layer(Tape& tape, std::size_t k, Var self, Var neighbours, const std::uint64_t* seed) {
  const auto parameter = [&](const Parameter* p) { return tape.parameter(p->value, p->grad); };
  const Layer& layer = layers_[k];
  autograd::BiInteraction applied{parameter(layer.gc_weight), parameter(layer.gc_bias), parameter(layer.bi_weight),
                                  parameter(layer.bi_bias), options_.adjacency == Adjacency::symmetric};
  if (seed != nullptr) {
    applied.dropout = options_.dropout;
    applied.seed = Rng(*seed, k).next();
  }
  return autograd::bi_interaction(tape, self, neighbours, applied);
}

Var Ngcf::final_rows(Tape& tape, Var nodes, std::span<const std::int32_t> rows, const std::uint64_t* seed) {
  const auto chosen = [&](Var x) { return rows.empty() ? x : autograd::gather_rows(tape, x, rows); };
  const auto adjacency = adjacency_.constant();
  Var all = nodes;           // E^k of all nodes
  Var self = chosen(nodes);  // of those asked for
  std::vector<Var> parts = {self};
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    const bool last = k + 1 == layers_.size();
    if (last && !rows.empty()) {
      self = layer(tape, k, self, autograd::constant_spmm_rows(tape, adjacency, all, rows), seed);
    } else {
      all = layer(tape, k, all, autograd::constant_spmm(tape, adjacency, all), seed);
      self = chosen(all);
    }
    parts.push_back(autograd::normalize_rows(tape, self));
  }
  return autograd::concat_columns(tape, parts);
}

Loss Ngcf::loss(Tape& tape, const Batch& batch) {
  ParameterBlock& block = parameters_.blocks().front();
  const Var nodes = tape.parameter(block.value.view(), block.grad.view());
  const Index num_users = graph_->num_users();
  const bool propagated = options_.regulariser == Regulariser::propagated;
  const Var layer0 = propagated ? Var{} : detail::regulariser(tape, nodes, num_users, batch, options_.regulariser);
  const detail::BatchNodes of_batch(batch, num_users, graph_->num_items());
  const Var distinct = final_rows(tape, nodes, of_batch.nodes, &batch.seed);
  return detail::weighed_dot_bpr(tape, distinct, of_batch.positions(), layer0, options_.weight_decay);
}

Output Ngcf::output(Tape& tape, Detail /*detail*/) {
  Output out;
  const Var nodes = tape.constant(parameters_.blocks().front().value.view());
  detail::add_dot_scoring(out, tape, final_rows(tape, nodes, {}, nullptr), *graph_);
  return out;
}

StepWork Ngcf::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(*graph_, batch);
  StepWork work;
  Index width = options_.dim;
  for (std::size_t k = 0; k < options_.layer_widths.size(); ++k) {
    const bool last = k + 1 == options_.layer_widths.size();
    const Index next = options_.layer_widths[k];
    const Index rows = last ? sizes.batch_nodes : sizes.nodes;
    work.gathers.push_back(last
                               ? detail::row_passes(sizes, 1, width)
                               : Gathers{2.0 * (sizes.entries + static_cast<double>(sizes.nodes)), width, sizes.nodes});
    // W_g and W_b.
    work.products.push_back({rows, width, next});
    work.products.push_back({rows, width, next});
    width = next;
  }
  return work;
}

const OptionSet<Ngcf::Options>& Ngcf::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim);
    s.widths("layer-widths", &Options::layer_widths, 1, describe::kMostDimensions, "widths of the layers");
    describe::adjacency(s, &Options::adjacency);
    s.number("dropout", &Options::dropout, 0, 0.99, "message dropout");
    describe::weight_decay(s, &Options::weight_decay);
    describe::regulariser(s, &Options::regulariser);
    return s;
  }();
  return set;
}

void Ngcf::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "user_embedding.weight", 1);
  std::vector<Index> widths;
  Index width = 0;
  while (detail::take_size(width, parameters, fmt::format("GC_Linear_list.{}.weight", widths.size()), 0)) {
    widths.push_back(width);
  }
  if (!widths.empty()) options.layer_widths = widths;
}

std::size_t Ngcf::training_bytes(const Options& options, const data::Dataset& dataset) {
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

const Registration& ngcf_registration() {
  static const Registration entry = registration_of<Ngcf>(
      {"ids propagated with weights and products of neighbours",
       {.learning_rate = 5e-4},
       // MONET's ranges, layers as wide as the embeddings; message dropout none, or the paper's 0.1.
       {{"learning-rate", detail::rates()},
        {"weight-decay", detail::weight_decays()},
        {"layer-widths", {"64", "64,64", "64,64,64", "64,64,64,64"}},
        {"dropout", {"0", "0.1"}}}});
  return entry;
}

}  // namespace monet::models
