#include "monet/models/mf.h"

#include "monet/autograd/ops/target_attention.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/grids.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/registry.h"

#include <array>

namespace monet::models {

using autograd::Tape;

Mf::Mf(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& /*pool*/)
    : options_(option_set().checked(options, kName)), graph_(&graph) {
  detail::require_same_shape(kName, dataset, graph);
  users_ = &parameters_.add("user_embedding.weight", graph.num_users(), options.dim, RowsOf::users);
  items_ = &parameters_.add("item_embedding.weight", graph.num_items(), options.dim, RowsOf::items);
  detail::require_softmax(kName, options);
  if (options.loss == RankingLossKind::softmax) {
    softmax_.emplace(detail::softmax_options(options, 1), graph, parameters_);
  }
}

void Mf::initialise(Rng& rng) {
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*items_, rng);
  if (softmax_ && options_.denominator == Denominator::trained) detail::clear_new_items(*items_, *graph_);
}

Loss Mf::loss(Tape& tape, const Batch& batch) {
  const auto users = tape.parameter(users_->value, users_->grad);
  const auto items = tape.parameter(items_->value, items_->grad);
  if (softmax_) {
    const auto layer0 = detail::pair_regulariser(tape, users, items, batch);
    softmax_->choose(batch);
    return detail::weighed(tape, softmax_->loss(tape, users, items, batch), layer0, options_.weight_decay);
  }
  const auto loss = autograd::target_aware_bpr(tape, users, items, graph_->user_items(), batch.users, batch.positives,
                                               batch.negatives, {false, 0.0F, false, options_.weight_decay}, nullptr);
  return {
      loss.total,
      {loss.ranking + static_cast<double>(options_.weight_decay) * loss.regulariser, loss.ranking, loss.regulariser}};
}

Output Mf::output(Tape& tape, Detail detail) {
  Output out;
  if (softmax_) {
    softmax_->score(out, tape, tape.constant(users_->value), tape.constant(items_->value), detail);
    return out;
  }
  const auto& users = out.keep(Matrix<float>::copy_of(users_->value));
  const auto& items = out.keep(Matrix<float>::copy_of(items_->value));
  detail::add_dot_scoring(out, users.view(), items.view(), *graph_);
  return out;
}

std::span<const double> Mf::popularity_weights() const {
  return softmax_ ? softmax_->popularity_weights() : Model::popularity_weights();
}

StepWork Mf::step_work(const Batch& batch) const {
  if (softmax_) return softmax_->step_work(batch, options_.dim);
  const Index nodes = graph_->num_users() + graph_->num_items();
  return {{}, {{6.0 * static_cast<double>(batch.users.size()), options_.dim, nodes}}};
}

const OptionSet<Mf::Options>& Mf::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim);
    describe::weight_decay(s, &Options::weight_decay);
    describe::softmax(s);
    return s;
  }();
  return set;
}

void Mf::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "user_embedding.weight", 1);
}

std::size_t Mf::training_bytes(const Options& options, const data::Dataset& dataset) {
  const std::size_t softmax =
      options.loss == RankingLossKind::softmax ? detail::softmax_bytes(dataset, options.dim) : 0;
  return softmax + detail::tables_bytes(dataset, options.dim, 4);
}

const Registration& mf_registration() {
  static const Registration entry =
      registration_of<Mf>({"matrix factorisation of user and item ids",
                           {.learning_rate = 5e-4},
                           {{"learning-rate", detail::rates()}, {"weight-decay", detail::weight_decays()}}});
  return entry;
}

}  // namespace monet::models
