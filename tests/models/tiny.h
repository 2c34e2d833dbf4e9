#pragma once

#include "monet/core/rng.h"
#include "monet/data/dataset.h"
#include "monet/models/model.h"

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace monet::models::testing {

/// A catalogue with what real ones have: a user and an item without training interactions, users with one item,
/// modalities of several widths. `users` x `items`, about `degree` interactions a user.
inline data::Dataset tiny_dataset(Index users = 7, Index items = 9, Index degree = 3,
                                  std::vector<std::pair<std::string, Index>> modalities = {{"audio", 3}, {"text", 5}}) {
  Rng rng(11);
  std::vector<std::pair<std::int32_t, std::int32_t>> train;
  for (Index u = 0; u + 1 < users; ++u) {
    const Index count = u == 0 ? 1 : degree;
    for (Index k = 0; k < count; ++k) {
      train.emplace_back(static_cast<std::int32_t>(u),
                         static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(items - 1))));
    }
  }
  data::Dataset out;
  out.name = "tiny";
  out.train = Csr::from_pairs(users, items, train);
  out.validation = Csr(users, items);
  out.test = Csr(users, items);
  for (const auto& [name, width] : modalities) {
    data::Modality modality{name, Matrix<float>(items, width), 0};
    for (Index k = 0; k < modality.features.size(); ++k) modality.features.data()[k] = static_cast<float>(rng.normal());
    out.modalities.push_back(std::move(modality));
  }
  return out;
}

/// Triples of users with training items, one of them twice.
struct TinyBatch {
  std::vector<std::int32_t> users, positives, negatives;
  operator Batch() const { return {users, positives, negatives}; }
};

inline TinyBatch tiny_batch(const data::Dataset& dataset, Index size) {
  Rng rng(12);
  TinyBatch out;
  while (static_cast<Index>(out.users.size()) < size) {
    const Index user = out.users.size() == 1
                           ? out.users.front()
                           : static_cast<Index>(rng.below(static_cast<std::uint64_t>(dataset.num_users())));
    const auto history = dataset.train.row(user);
    const auto negative = static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(dataset.num_items())));
    if (history.empty() || dataset.train.contains(user, negative)) continue;
    out.users.push_back(static_cast<std::int32_t>(user));
    out.positives.push_back(history[static_cast<std::size_t>(rng.below(history.size()))]);
    out.negatives.push_back(negative);
  }
  return out;
}

struct Variant {
  std::string name;
  ModelOptions options;
  friend std::ostream& operator<<(std::ostream& out, const Variant& v) { return out << v.name; }
};

/// The options that a model is put through.
inline std::vector<Variant> variants(std::string_view model) {
  std::vector<Variant> out;
  const auto add = [&](std::string name, auto&& change) {
    ModelOptions options = default_settings(model).options;
    options.dim = 4;
    options.layer_widths = {4, 3};
    options.projection_dim = 4;
    options.latent_dim = 3;
    options.item_neighbours = 9;  // all: a gradient knows nothing of another choice of neighbours
    options.dropout = 0.0F;
    options.lambda_coeff = 0.1F;  // most of the graph is learned
    // Large enough to show in the gradients.
    options.weight_decay = 0.1F;
    change(options);
    out.push_back({std::move(name), options});
  };
  add("default", [](auto&) {});
  if (model == "lightgcn") {
    add("no_layers", [](auto& o) { o.layers = 0; });
    add("one_layer_propagated", [](auto& o) { o.layers = 1, o.regulariser = Regulariser::propagated; });
    add("norm", [](auto& o) { o.regulariser = Regulariser::norm; });
    add("row_self_loops", [](auto& o) { o.adjacency = Adjacency::row_self_loops; });
    add("row_self_loops_propagated", [](auto& o) {
      o.adjacency = Adjacency::row_self_loops;
      o.regulariser = Regulariser::propagated;
    });
  }
  if (model == "itemknn") {
    add("neighbours", [](auto& o) { o.neighbours = 2; });
    add("shrink", [](auto& o) { o.shrink = 3.0; });
  }
  if (model == "p3alpha") add("neighbours", [](auto& o) { o.neighbours = 2; });
  if (model == "ngcf") {
    add("one_layer", [](auto& o) { o.layer_widths = {3}; });
    add("symmetric", [](auto& o) { o.adjacency = Adjacency::symmetric; });
    add("three_layers_squared", [](auto& o) {
      o.layer_widths = {5, 4, 3};
      o.regulariser = Regulariser::squared;
    });
    add("norm", [](auto& o) { o.regulariser = Regulariser::norm; });
    add("dropout", [](auto& o) { o.dropout = 0.3F; });
  }
  if (model == "vbpr") {
    add("squared", [](auto& o) { o.regulariser = Regulariser::squared; });
    add("propagated", [](auto& o) { o.regulariser = Regulariser::propagated; });
    add("biases", [](auto& o) { o.biases = true; });
    add("biases_squared_both_layouts", [](auto& o) {
      o.biases = true;
      o.regulariser = Regulariser::squared;
      o.features_layout = FeaturesLayout::both;
    });
  }
  if (model == "mario") {
    add("wide_attention", [](auto& o) { o.preservation = 1.0F, o.latent_dim = 9; });
    add("both_layouts", [](auto& o) { o.features_layout = FeaturesLayout::both; });
  }
  if (model == "lattice") {
    add("two_item_layers", [](auto& o) { o.item_layers = 2, o.lambda_coeff = 0.3F; });
    add("no_layers", [](auto& o) { o.layers = 0, o.lambda_coeff = 0.0F; });
  }
  if (model == "mmgcn") {
    add("trained", [](auto& o) { o.trainable_ids = true; });
    add("elementwise", [](auto& o) { o.combination = Combination::elementwise, o.trainable_ids = true; });
    add("linear", [](auto& o) { o.variant = MmgcnVariant::linear, o.trainable_ids = true; });
    add("no_self", [](auto& o) { o.variant = MmgcnVariant::no_self, o.trainable_ids = true; });
    add("layer_combination", [](auto& o) {
      o.variant = MmgcnVariant::layer_combination;
      o.features_layout = FeaturesLayout::both;
    });
    add("no_graph", [](auto& o) { o.variant = MmgcnVariant::no_graph; });
  }
  if (model == "grcn") {
    add("soft", [](auto& o) { o.pruning = false, o.features_layout = FeaturesLayout::both; });
    add("routed", [](auto& o) { o.routing = Routing::paper, o.num_routing = 2; });
  }
  if (model != "monet") return out;
  add("deeper", [](auto& o) { o.layers = 3, o.alpha = 0.5F, o.beta = 0.7F; });
  add("one_layer", [](auto& o) { o.layers = 1; });
  add("no_layers", [](auto& o) { o.layers = 0; });
  add("no_encoder", [](auto& o) { o.encoder = Encoder::none; });
  add("lightgcn", [](auto& o) { o.encoder = Encoder::lightgcn; });
  add("sum", [](auto& o) { o.fusion = Fusion::sum; });
  add("weighted_sum", [](auto& o) { o.fusion = Fusion::weighted_sum; });
  add("fc", [](auto& o) { o.fusion = Fusion::fc; });
  add("cf_megcn", [](auto& o) { o.collaborative = Collaborative::megcn; });
  add("cf_lightgcn", [](auto& o) { o.collaborative = Collaborative::lightgcn; });
  add("lightgcn_cf_lightgcn", [](auto& o) {
    o.encoder = Encoder::lightgcn;
    o.collaborative = Collaborative::lightgcn;
  });
  add("no_encoder_cf_megcn_sum", [](auto& o) {
    o.encoder = Encoder::none;
    o.collaborative = Collaborative::megcn;
    o.fusion = Fusion::sum;
  });
  add("cf_megcn_weighted_sum", [](auto& o) {
    o.collaborative = Collaborative::megcn;
    o.fusion = Fusion::weighted_sum;
  });
  add("cf_lightgcn_fc", [](auto& o) {
    o.collaborative = Collaborative::lightgcn;
    o.fusion = Fusion::fc;
  });
  add("no_target_aware", [](auto& o) { o.target_aware = false; });
  add("exclude_target", [](auto& o) { o.exclude_target = true; });
  add("no_normalisation", [](auto& o) { o.normalize_features = false; });
  add("normalize_self", [](auto& o) { o.normalize_self = true, o.alpha = 0.8F; });
  add("both_layouts", [](auto& o) { o.features_layout = FeaturesLayout::both; });
  return out;
}

/// Every model with every variant of it.
inline std::vector<std::pair<std::string_view, Variant>> subjects() {
  std::vector<std::pair<std::string_view, Variant>> out;
  for (const std::string_view model : model_names()) {
    for (Variant& variant : variants(model)) out.emplace_back(model, std::move(variant));
  }
  return out;
}

}  // namespace monet::models::testing
