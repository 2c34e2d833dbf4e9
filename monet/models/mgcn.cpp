#include "monet/models/mgcn.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/attended_sum.h"
#include "monet/autograd/ops/constant_spmm.h"
#include "monet/autograd/ops/gated_sum.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/softmax_loss.h"
#include "monet/autograd/ops/tanh.h"
#include "monet/models/detail/batch_nodes.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/gcn_name.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/knn_item_graphs.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/registry.h"

#include <array>
#include <numeric>

namespace monet::models {

using autograd::GatedTerm;
using autograd::Tape;
using autograd::Var;

Mgcn::Mgcn(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(option_set().checked(options, kName)),
      graph_(&graph),
      adjacency_(detail::node_adjacency(graph, Adjacency::symmetric)),
      item_views_(graph),
      all_items_(static_cast<std::size_t>(graph.num_items())) {
  detail::require_modalities(kName, dataset);
  detail::require_distinct_gcn_names(kName, dataset);
  detail::require_same_shape(kName, dataset, graph);
  const Index d = options.dim;
  ParameterBlock& nodes = parameters_.add_block(graph.num_users() + graph.num_items(), d);
  users_ = &parameters_.add_rows("user_embedding.weight", nodes, 0, graph.num_users(), RowsOf::users);
  items_ =
      &parameters_.add_rows("item_id_embedding.weight", nodes, graph.num_users(), graph.num_items(), RowsOf::items);
  features_ = detail::add_trained_features(parameters_, dataset, d);
  query_ = detail::add_linear_map(parameters_, "query_common.0", d, d);
  query_vector_ = detail::add_linear_map(parameters_, "query_common.2", 1, d, false);
  for (const data::Modality& modality : dataset.modalities) {
    gates_.push_back(detail::add_linear_map(parameters_, "gate_" + detail::short_name(modality) + ".0", d, d));
    preferences_.push_back(detail::add_linear_map(parameters_, "gate_" + modality.name + "_prefer.0", d, d));
    item_graphs_.push_back(detail::knn_item_graph(pool, modality.features.view(), options.item_neighbours,
                                                  detail::NeighbourWeight::cosine));
  }
  std::iota(all_items_.begin(), all_items_.end(), static_cast<std::int32_t>(graph.num_users()));
}

void Mgcn::initialise(Rng& rng) {
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*items_, rng);
  for (std::size_t m = 0; m < features_.size(); ++m) {
    features_[m].initialise(rng);
    gates_[m].initialise(rng);
    preferences_[m].initialise(rng);
  }
  query_.initialise(rng);
  query_vector_.initialise(rng);
}

Mgcn::Parts Mgcn::parts(Tape& tape, Var nodes, const detail::BatchNodes* batch) {
  Parts out;
  const Var ids = autograd::gather_rows(tape, nodes, all_items_);
  const auto query = query_.on(tape);
  const auto query_vector = query_vector_.on(tape);
  const std::span<const std::int32_t> rows = batch == nullptr ? std::span<const std::int32_t>{} : batch->nodes;
  out.content = autograd::mean_of_layers(tape, adjacency_.constant(), nodes, options_.layers, rows);
  std::vector<Var> logits;
  std::vector<GatedTerm> specific;
  for (std::size_t m = 0; m < features_.size(); ++m) {
    const Var gate = gates_[m].on(tape)(tape, features_[m].mapped(tape));
    const Var purified = autograd::gated_sum(tape, std::array{GatedTerm{ids, gate, {}}}, Var{}, 1.0F);
    out.views.push_back(item_views_.of(tape, item_graphs_[m], options_.item_layers, purified, batch));
    logits.push_back(query_vector(tape, autograd::tanh(tape, query(tape, out.views.back()))));
    specific.push_back({out.views.back(), preferences_[m].on(tape)(tape, out.content), {}});
  }
  const Var common = autograd::attended_sum(tape, out.views, logits);
  out.side = autograd::gated_sum(tape, specific, common, 1.0F / static_cast<float>(features_.size() + 1));
  return out;
}

Loss Mgcn::loss(Tape& tape, const Batch& batch) {
  ParameterBlock& block = parameters_.blocks().front();
  const Var nodes = tape.parameter(block.value.view(), block.grad.view());
  const detail::BatchNodes& of_batch = tape.keep(detail::BatchNodes(batch, graph_->num_users(), graph_->num_items()));
  const Parts of = parts(tape, nodes, &of_batch);
  return detail::contrasted_bpr(tape, of.content, of.side, of_batch, options_.weight_decay,
                                options_.contrastive_weight);
}

Output Mgcn::output(Tape& tape, Detail detail) {
  Output out;
  const Parts all = parts(tape, tape.constant(parameters_.blocks().front().value.view()), nullptr);
  detail::add_dot_scoring(out, tape, autograd::add(tape, all.content, all.side), *graph_);
  if (detail == Detail::artifact) {
    for (std::size_t m = 0; m < features_.size(); ++m) {
      out.tensors.push_back({"item_embedding." + features_[m].name,
                             out.keep(tape, all.views[m]).row_range(graph_->num_users(), graph_->num_items())});
    }
  }
  return out;
}

// Attention, gates and the last layers for the batch's nodes only.
StepWork Mgcn::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(*graph_, batch);
  const Index d = options_.dim;
  StepWork work{detail::contrast_products(batch, d), {}};
  work.gathers.push_back(detail::row_passes(sizes, options_.layers, d));
  for (std::size_t m = 0; m < features_.size(); ++m) {
    work.products.push_back({sizes.items, features_[m].raw.cols, d});
    work.products.push_back({sizes.items, d, d});
    for (int k = 0; k < 2; ++k) work.products.push_back({sizes.batch_nodes, d, d});
    work.gathers.push_back({item_views_.gathers(item_graphs_[m], options_.item_layers, batch), d, sizes.items});
  }
  return work;
}

const OptionSet<Mgcn::Options>& Mgcn::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim);
    describe::layers(s, &Options::layers);
    describe::item_neighbours(s, &Options::item_neighbours);
    describe::item_layers(s, &Options::item_layers);
    describe::contrastive_weight(s, &Options::contrastive_weight, "weight of the contrast of the two embeddings");
    describe::weight_decay(s, &Options::weight_decay);
    return s;
  }();
  return set;
}

void Mgcn::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "user_embedding.weight", 1);
}

std::size_t Mgcn::training_bytes(const Options& options, const data::Dataset& dataset) {
  const auto modalities = static_cast<Index>(dataset.modalities.size());
  // Value, gradient, two moments; layers with gradients; for each modality gates, what they let through, its layers,
  // views and preferences with theirs.
  const Index tables = 4 + 2 * (Index{options.layers} + 2) + 2 * modalities * (6 + Index{options.item_layers});
  return detail::tables_bytes(dataset, options.dim, tables) + detail::trained_features_bytes(dataset, options.dim) +
         detail::knn_bytes(dataset, options.item_neighbours, 1) +
         static_cast<std::size_t>(3 * dataset.train.nnz()) * detail::kMatrixEntryBytes +
         static_cast<std::size_t>(4 * (2 * modalities + 1) * options.dim * (options.dim + 2) +
                                  autograd::kSoftmaxFloats) *
             sizeof(float);
}

const Registration& mgcn_registration() {
  static const Registration entry = registration_of<Mgcn>(
      {"ids that features let through, over graphs of similar items, with a contrast to what users did",
       {.learning_rate = 1e-3, .decay = 0.96, .batch_size = 2048, .sampling = Sampling::interactions},
       // MMRec: the contrast.
       {{"contrastive-weight", {"0.001", "0.01", "0.1"}}},
       false,
       {Setting{}}});
  return entry;
}

}  // namespace monet::models
