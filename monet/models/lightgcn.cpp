#include "monet/models/lightgcn.h"

#include "monet/autograd/ops/constant_spmm.h"
#include "monet/autograd/ops/scale.h"
#include "monet/core/error.h"
#include "monet/models/detail/batch_nodes.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/grids.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/item_foldin.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/registry.h"

#include <array>

namespace monet::models {

using autograd::Tape;
using autograd::Var;

LightGcn::LightGcn(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph,
                   ThreadPool& /*pool*/)
    : options_(option_set().checked(options, kName)),
      graph_(&graph),
      encoder_{autograd::Propagation::lightgcn, options.layers, 0.0F, false} {
  detail::require_same_shape(kName, dataset, graph);
  ParameterBlock& nodes = parameters_.add_block(graph.num_users() + graph.num_items(), options.dim);
  users_ = &parameters_.add_rows("user_embedding.weight", nodes, 0, graph.num_users(), RowsOf::users);
  items_ =
      &parameters_.add_rows("item_id_embedding.weight", nodes, graph.num_users(), graph.num_items(), RowsOf::items);
  users_->alias = "embedding_dict.user_emb";
  items_->alias = "embedding_dict.item_emb";
  detail::require_softmax(kName, options);
  if (options.loss == RankingLossKind::softmax) {
    if (options.adjacency != Adjacency::symmetric || options.regulariser != Regulariser::squared) {
      fail<InvalidArgument>("[{}] loss: softmax goes with `adjacency` symmetric and `regulariser` squared", kName);
    }
    softmax_.emplace(detail::softmax_options(options, 1), graph, parameters_);
  }
  if (options.adjacency == Adjacency::row_self_loops) {
    rows_ = detail::node_adjacency(graph, options.adjacency);
  } else if (options.layers > 0) {
    field_.emplace(graph, options.layers, kDenseShare, kBatchShare);
  }
}

void LightGcn::initialise(Rng& rng) {
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*items_, rng);
  if (softmax_ && options_.denominator == Denominator::trained) detail::clear_new_items(*items_, *graph_);
}

Loss LightGcn::loss(Tape& tape, const Batch& batch) {
  if (softmax_) return softmax_step(tape, batch);
  return options_.adjacency == Adjacency::symmetric ? symmetric_step(tape, batch) : row_step(tape, batch);
}

Loss LightGcn::symmetric_step(Tape& tape, const Batch& batch) {
  const graph::ReceptiveField* field = nullptr;
  if (field_) {
    batch_items_.assign(batch.positives.begin(), batch.positives.end());
    batch_items_.insert(batch_items_.end(), batch.negatives.begin(), batch.negatives.end());
    field_->build(batch.users, batch_items_, false);
    field = &*field_;
  }
  const Var users = tape.parameter(users_->value, users_->grad);
  const Var items = tape.parameter(items_->value, items_->grad);
  const bool propagated = options_.regulariser == Regulariser::propagated;
  const Var layer0 = propagated ? Var{} : detail::regulariser(tape, users, items, batch, options_.regulariser);
  const auto final_rows = autograd::propagate(tape, *graph_, users, items, encoder_, field);
  return detail::weighed_dot_bpr(tape, final_rows, graph_->user_items(), batch, layer0, options_.weight_decay, field);
}

Loss LightGcn::softmax_step(Tape& tape, const Batch& batch) {
  const std::span<const std::int32_t> candidates = softmax_->choose(batch);
  if (field_) field_->build(batch.users, candidates, false);
  const graph::ReceptiveField* field = field_ ? &*field_ : nullptr;
  const Var users = tape.parameter(users_->value, users_->grad);
  const Var items = tape.parameter(items_->value, items_->grad);
  const Var layer0 = detail::pair_regulariser(tape, users, items, batch);
  const auto rows = autograd::propagate(tape, *graph_, users, items, encoder_, field);
  return detail::weighed(tape, softmax_->loss(tape, rows.users, rows.items, batch), layer0, options_.weight_decay);
}

Loss LightGcn::row_step(Tape& tape, const Batch& batch) {
  ParameterBlock& block = parameters_.blocks().front();
  const Var nodes = tape.parameter(block.value.view(), block.grad.view());
  const Index num_users = graph_->num_users();
  const bool propagated = options_.regulariser == Regulariser::propagated;
  const Var layer0 = propagated ? Var{} : detail::regulariser(tape, nodes, num_users, batch, options_.regulariser);
  const detail::BatchNodes of_batch(batch, num_users, graph_->num_items());
  const Var distinct = autograd::mean_of_layers(tape, rows_.constant(), nodes, options_.layers, of_batch.nodes);
  return detail::weighed_dot_bpr(tape, distinct, of_batch.positions(), layer0, options_.weight_decay);
}

Output LightGcn::output(Tape& tape, Detail detail) {
  Output out;
  if (options_.adjacency == Adjacency::row_self_loops) {
    const Var start = tape.constant(parameters_.blocks().front().value.view());
    detail::add_dot_scoring(out, tape, autograd::mean_of_layers(tape, rows_.constant(), start, options_.layers, {}),
                            *graph_);
    return out;
  }
  const Var users = tape.constant(users_->value);
  const Var items = tape.constant(items_->value);
  const auto final_rows = autograd::propagate(tape, *graph_, users, items, encoder_, nullptr);
  if (softmax_) {
    softmax_->score(out, tape, final_rows.users, final_rows.items, detail);
  } else {
    const auto final_users = out.keep(tape, final_rows.users);
    detail::add_dot_scoring(out, final_users, out.keep(tape, final_rows.items), *graph_);
  }
  if (detail == Detail::artifact) {
    const auto foldin = detail::item_foldin(tape, *graph_, users, items, encoder_);
    const float factor = softmax_ ? softmax_->foldin_factor() : 1.0F;
    out.tensors.push_back(
        {"item_foldin", out.keep(tape, factor == 1.0F ? *foldin : autograd::scale(tape, *foldin, factor))});
  }
  return out;
}

std::span<const double> LightGcn::popularity_weights() const {
  return softmax_ ? softmax_->popularity_weights() : Model::popularity_weights();
}

StepWork LightGcn::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(*graph_, batch);
  if (options_.adjacency == Adjacency::row_self_loops) {
    return {{}, {detail::row_passes(sizes, options_.layers, options_.dim)}};
  }
  if (softmax_) {
    StepWork work = softmax_->step_work(batch, options_.dim);
    work.gathers.push_back(
        {4.0 * static_cast<double>(graph_->num_edges()) * options_.layers, options_.dim, sizes.nodes});
    return work;
  }
  const double rows = detail::field_gathers(*graph_, options_.layers, false, batch, kDenseShare, kBatchShare);
  return {{}, {{rows, options_.dim, sizes.nodes}}};
}

const OptionSet<LightGcn::Options>& LightGcn::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim);
    describe::layers(s, &Options::layers);
    describe::adjacency(s, &Options::adjacency);
    describe::weight_decay(s, &Options::weight_decay);
    describe::regulariser(s, &Options::regulariser);
    describe::softmax(s);
    return s;
  }();
  return set;
}

void LightGcn::take_sizes(Options& options, const TensorShapes& parameters) {
  if (!detail::take_size(options.dim, parameters, "user_embedding.weight", 1)) {
    detail::take_size(options.dim, parameters, "embedding_dict.user_emb", 1);
  }
}

std::size_t LightGcn::training_bytes(const Options& options, const data::Dataset& dataset) {
  // Value, gradient, two moments; layers and their gradients.
  const std::size_t softmax =
      options.loss == RankingLossKind::softmax ? detail::softmax_bytes(dataset, options.dim) : 0;
  return softmax + detail::tables_bytes(dataset, options.dim, 4 + 2 * (Index{options.layers} + 1));
}

const Registration& lightgcn_registration() {
  static const Registration entry = registration_of<LightGcn>(
      {"ids propagated over the user-item graph",
       {.learning_rate = 1e-3, .decay = 1.0, .batch_size = 2048, .sampling = Sampling::interactions},
       // MMRec: layers and weights; the rates are MONET's.
       {{"learning-rate", detail::rates()},
        {"weight-decay", {"0.01", "0.001", "0.0001", "0.00001", "0.000001"}},
        {"layers", detail::layer_counts()}},
       true,
       {Setting{}, Setting{{"loss", "softmax"}, {"similarity", "cosine"}, {"item-bias", "on"}, {"popularity", "auto"}},
        Setting{{"loss", "softmax"},
                {"similarity", "cosine"},
                {"item-bias", "on"},
                {"popularity", "auto"},
                {"temperature", "0.4"}}}});
  return entry;
}

}  // namespace monet::models
