#include "monet/models/bm3.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/cosine_distance.h"
#include "monet/autograd/ops/frobenius_norm.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/occurrences.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/registry.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace monet::models {

using autograd::Embeddings;
using autograd::Tape;
using autograd::Var;

namespace {
constexpr std::size_t kUserMasks = 0;
constexpr std::size_t kItemMasks = 1;
constexpr std::size_t kModalityMasks = 2;  // and those after it
}  // namespace

Bm3::Bm3(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& /*pool*/)
    : options_(option_set().checked(options, kName)), graph_(&graph), dropout_(options.target_dropout) {
  detail::require_modalities(kName, dataset);
  detail::require_same_shape(kName, dataset, graph);
  users_ = &parameters_.add("user_embedding.weight", graph.num_users(), options.dim, RowsOf::users);
  items_ = &parameters_.add("item_id_embedding.weight", graph.num_items(), options.dim, RowsOf::items);
  predictor_ = detail::add_linear_map(parameters_, "predictor", options.dim, options.dim);
  features_ = detail::add_trained_features(parameters_, dataset, options.dim);
}

void Bm3::initialise(Rng& rng) {
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*items_, rng);
  predictor_.initialise(rng);
  detail::xavier_normal(*predictor_.weight, rng);
  for (const auto& modality : features_) modality.initialise(rng, true);
}

// u and i of everybody.
Embeddings Bm3::online(Tape& tape, Var users, Var items) {
  const autograd::PropagateOptions lightgcn{autograd::Propagation::lightgcn, options_.layers, 0.0F, false, 1.0F};
  return autograd::propagate(tape, *graph_, users, items, lightgcn, nullptr);
}

// Rows that belong to `ids` of a table, with its dropout.
MatrixView<const float> Bm3::target(Tape& tape, Var rows, std::span<const std::int32_t> ids, std::size_t table,
                                    std::uint64_t seed) {
  const auto value = tape.value(rows);
  if (!dropout_.active()) return value;
  const Var memory = tape.make(value.rows, value.cols, {});
  const auto masked = tape.mutable_value(memory);
  tape.pool().for_range(value.rows, [&](Index begin, Index end, int) {
    for (Index k = begin; k < end; ++k) {
      float* to = masked.row(k);
      dropout_.mask(seed, table, ids[static_cast<std::size_t>(k)], {to, static_cast<std::size_t>(value.cols)});
      for (Index c = 0; c < value.cols; ++c) to[c] *= value(k, c);
    }
  });
  return masked;
}

// Everything of different users and items once, by how often they occur; pairs where a user meets an item.
Loss Bm3::loss(Tape& tape, const Batch& batch) {
  const Embeddings all =
      online(tape, tape.parameter(users_->value, users_->grad), tape.parameter(items_->value, items_->grad));
  const auto predicted = predictor_.on(tape);
  const detail::Occurrences of_users(batch.users);
  const detail::Occurrences of_items(batch.positives);
  const float mean = 1.0F / static_cast<float>(batch.users.size());
  const Var users = autograd::gather_rows(tape, all.users, of_users.rows);
  const Var items = autograd::gather_rows(tape, all.items, of_items.rows);
  const auto user_targets = target(tape, users, of_users.rows, kUserMasks, batch.seed);
  const auto item_targets = target(tape, items, of_items.rows, kItemMasks, batch.seed);
  const Var of_pairs = autograd::gather_rows(tape, predicted(tape, users), of_users.places);
  const Var to_pairs = autograd::gather_rows(tape, predicted(tape, items), of_items.places);
  std::vector<Var> terms{autograd::cosine_distance(tape, of_pairs, item_targets, of_items.places, mean),
                         autograd::cosine_distance(tape, to_pairs, user_targets, of_users.places, mean)};
  std::vector<std::int32_t> each(of_items.rows.size());
  std::iota(each.begin(), each.end(), 0);
  for (std::size_t m = 0; m < features_.size(); ++m) {
    const Var mapped = features_[m].mapped(tape, of_items.rows);
    const Var guess = predicted(tape, mapped);
    for (const auto& targets : {item_targets, target(tape, mapped, of_items.rows, kModalityMasks + m, batch.seed)}) {
      terms.push_back(
          autograd::cosine_distance(tape, guess, targets, each, options_.contrastive_weight * mean, of_items.counts));
    }
  }
  const float share = 1.0F / static_cast<float>(graph_->num_items());
  const Var norms = autograd::add(tape, autograd::frobenius_norm(tape, all.users, share),
                                  autograd::frobenius_norm(tape, all.items, share));
  return detail::weighed(tape, autograd::add(tape, terms), norms, options_.weight_decay);
}

Output Bm3::output(Tape& tape, Detail detail) {
  Output out;
  const Embeddings all = online(tape, tape.constant(users_->value), tape.constant(items_->value));
  const auto predicted = predictor_.on(tape);
  const auto users = out.keep(tape, predicted(tape, all.users));
  detail::add_dot_scoring(out, users, out.keep(tape, predicted(tape, all.items)), *graph_);
  if (detail == Detail::artifact) {
    for (const auto& modality : features_) {
      out.tensors.push_back({"item_embedding." + modality.name, out.keep(tape, modality.mapped(tape))});
    }
  }
  return out;
}

// Every layer of all nodes, as the regulariser is of all of them.
StepWork Bm3::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(*graph_, batch);
  const auto users = static_cast<Index>(detail::Occurrences(batch.users).rows.size());
  const auto items = static_cast<Index>(detail::Occurrences(batch.positives).rows.size());
  StepWork work;
  if (options_.layers > 0) {
    const double pass = sizes.entries + static_cast<double>(sizes.nodes);
    work.gathers.push_back({2.0 * options_.layers * pass, options_.dim, sizes.nodes});
  }
  work.products = {{users, options_.dim, options_.dim}, {items, options_.dim, options_.dim}};
  for (const auto& modality : features_) {
    work.products.push_back({items, modality.raw.cols, options_.dim});
    work.products.push_back({items, options_.dim, options_.dim});
    work.gathers.push_back({2.0 * static_cast<double>(items), modality.raw.cols, sizes.items});
  }
  return work;
}

const OptionSet<Bm3::Options>& Bm3::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim);
    describe::layers(s, &Options::layers);
    s.number("target-dropout", &Options::target_dropout, 0, 0.99, "dropout of what predictions are compared with");
    describe::contrastive_weight(s, &Options::contrastive_weight, "weight of the losses of the modalities");
    describe::weight_decay(s, &Options::weight_decay);
    return s;
  }();
  return set;
}

void Bm3::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "user_embedding.weight", 1);
}

std::size_t Bm3::training_bytes(const Options& options, const data::Dataset& dataset) {
  // Value, gradient, two moments; layers, u and i, and their gradients.
  return detail::tables_bytes(dataset, options.dim, 4 + 2 * (Index{options.layers} + 3)) +
         detail::trained_features_bytes(dataset, options.dim) +
         static_cast<std::size_t>(4 * options.dim * (options.dim + 1)) * sizeof(float);
}

const Registration& bm3_registration() {
  static const Registration entry = registration_of<Bm3>(
      {"users and items that predict each other, without negatives; features act in training only",
       {.learning_rate = 1e-3, .decay = 1.0, .batch_size = 2048, .sampling = Sampling::interactions},
       // MMRec: layers, dropout and weights.
       {{"layers", {"1", "2"}}, {"target-dropout", {"0.3", "0.5"}}, {"weight-decay", {"0.1", "0.01"}}},
       false,
       {Setting{}}});
  return entry;
}

}  // namespace monet::models
