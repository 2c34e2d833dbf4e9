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

/// The options that a model is put through: small sizes, and where there is a choice every side of it.
inline std::vector<Variant> variants(std::string_view model) {
  std::vector<Variant> out;
  const auto add = [&](std::string name, const Fields& changes) {
    ModelOptions options(model);
    const Fields small = {{"dim", 4},
                          {"layer-widths", "4,3"},
                          {"projection-dim", 4},
                          {"map-dim", 3},
                          {"content-dim", 3},
                          {"attention-dim", 3},
                          {"item-neighbours", 9},  // all: a gradient knows nothing of
                                                   // another choice of neighbours
                          {"dropout", 0.0},
                          {"modality-weight", 0.5},  // parts of a loss that show in the gradients
                          {"contrastive-weight", 0.5},
                          {"lambda-coeff", 0.1},   // most of the graph is learned
                          {"weight-decay", 0.1}};  // large enough to show in the gradients
    for (const auto& [option, value] : small) {
      if (find_option(options.infos(), option) != nullptr) options.set(option, value);
    }
    for (const auto& [option, value] : changes) options.set(option, value);
    out.push_back({std::move(name), options});
  };
  add("default", {});
  if (model == "mf" || model == "lightgcn" || model == "monet" || model == "monet-softmax") {
    add("softmax_dot", {{"loss", "softmax"}, {"similarity", "dot"}, {"item-bias", false}, {"temperature", 0.5}});
    add("softmax_cosine_bias", {{"loss", "softmax"}, {"similarity", "cosine"}, {"item-bias", true}});
    add("softmax_sampled", {{"loss", "softmax"}, {"similarity", "cosine"}, {"candidates", 3}, {"item-bias", true}});
    add("softmax_every", {{"loss", "softmax"}, {"similarity", "branch-cosine"}, {"denominator", "every"}});
  }
  if (model == "lightgcn") add("softmax_no_layers", {{"loss", "softmax"}, {"layers", 0}, {"similarity", "cosine"}});
  if (model == "monet-softmax") {
    add("standardised", {{"standardise", "on"}, {"temperature", 1.0}});
    add("as_they_are", {{"standardise", "off"}});
    add("megcn", {{"encoder", "megcn"}, {"collaborative", "megcn"}});
    add("no_ids", {{"collaborative", "none"}});
    add("ids_apart", {{"encoder", "megcn"}});
    add("branches", {{"similarity", "branch-cosine"}});
    add("fc", {{"fusion", "fc"}});
    add("attended", {{"target-aware", true}});
  }
  if (model == "lightgcn") {
    add("no_layers", {{"layers", 0}});
    add("one_layer_propagated", {{"layers", 1}, {"regulariser", "propagated"}});
    add("norm", {{"regulariser", "norm"}});
    add("row_self_loops", {{"adjacency", "row-self-loops"}});
    add("row_self_loops_propagated", {{"adjacency", "row-self-loops"}, {"regulariser", "propagated"}});
  }
  if (model == "itemknn") {
    add("neighbours", {{"neighbours", 2}});
    add("shrink", {{"shrink", 3.0}});
    add("users_alike", {{"shrink", 0.0}, {"user-exponent", 0.0}});
  }
  if (model == "p3alpha") {
    add("neighbours", {{"neighbours", 2}});
    add("exponents", {{"item-exponent", 0.5}, {"user-exponent", 0.0}});
  }
  if (model == "rp3beta") {
    add("neighbours", {{"neighbours", 2}});
    add("no_penalty", {{"alpha", 0.7}, {"beta", 0.0}});
  }
  if (model == "ease") {
    add("neighbours", {{"neighbours", 2}});
    add("small_lambda", {{"lambda", 0.5}});
  }
  if (model == "ngcf") {
    add("one_layer", {{"layer-widths", "3"}});
    add("symmetric", {{"adjacency", "symmetric"}});
    add("three_layers_squared", {{"layer-widths", "5,4,3"}, {"regulariser", "squared"}});
    add("norm", {{"regulariser", "norm"}});
    add("dropout", {{"dropout", 0.3}});
  }
  if (model == "vbpr") {
    add("squared", {{"regulariser", "squared"}});
    add("propagated", {{"regulariser", "propagated"}});
    add("biases", {{"biases", true}});
    add("biases_squared_both_layouts", {{"biases", true}, {"regulariser", "squared"}, {"features-layout", "both"}});
  }
  if (model == "mario") {
    add("wide_attention", {{"preservation", 1.0}, {"attention-dim", 9}});
    add("both_layouts", {{"features-layout", "both"}});
  }
  if (model == "lattice") {
    add("two_item_layers", {{"item-layers", 2}, {"lambda-coeff", 0.3}});
    add("no_layers", {{"layers", 0}, {"lambda-coeff", 0.0}});
  }
  if (model == "freedom") {
    add("two_item_layers", {{"item-layers", 2}, {"item-neighbours", 3}, {"modality-weight", 0.5}});
    add("all_edges", {{"edge-dropout", 0.0}, {"modality-weight", 0.0}, {"layers", 0}});
  }
  if (model == "bm3") {
    add("two_layers_without_dropout", {{"layers", 2}, {"target-dropout", 0.0}});
    add("no_layers", {{"layers", 0}});
  }
  if (model == "mgcn") {
    add("two_item_layers", {{"item-layers", 2}, {"item-neighbours", 3}, {"layers", 3}});
    add("no_layers", {{"layers", 0}, {"contrastive-weight", 0.0}});
  }
  if (model == "smore") {
    add("odd_two_item_layers", {{"dim", 5}, {"item-layers", 2}, {"image-neighbours", 4}, {"text-neighbours", 3}});
    add("dropout", {{"gate-dropout", 0.3}, {"layers", 0}});
  }
  if (model == "mmgcn") {
    add("trained", {{"trainable-ids", true}});
    add("elementwise", {{"combination", "elementwise"}, {"trainable-ids", true}});
    add("linear", {{"variant", "linear"}, {"trainable-ids", true}});
    add("no_self", {{"variant", "no-self"}, {"trainable-ids", true}});
    add("layer_combination", {{"variant", "layer-combination"}, {"features-layout", "both"}});
    add("no_graph", {{"variant", "no-graph"}});
  }
  if (model == "grcn") {
    add("soft", {{"pruning", false}, {"features-layout", "both"}});
    add("routed", {{"routing", "paper"}, {"num-routing", 2}});
  }
  if (model != "monet") return out;
  add("deeper", {{"layers", 3}, {"alpha", 0.5}, {"beta", 0.7}});
  add("one_layer", {{"layers", 1}});
  add("no_layers", {{"layers", 0}});
  add("no_encoder", {{"encoder", "none"}});
  add("lightgcn", {{"encoder", "lightgcn"}});
  add("sum", {{"fusion", "sum"}});
  add("weighted_sum", {{"fusion", "weighted-sum"}});
  add("fc", {{"fusion", "fc"}});
  add("cf_megcn", {{"collaborative", "megcn"}});
  add("cf_lightgcn", {{"collaborative", "lightgcn"}});
  add("lightgcn_cf_lightgcn", {{"encoder", "lightgcn"}, {"collaborative", "lightgcn"}});
  add("no_encoder_cf_megcn_sum", {{"encoder", "none"}, {"collaborative", "megcn"}, {"fusion", "sum"}});
  add("cf_megcn_weighted_sum", {{"collaborative", "megcn"}, {"fusion", "weighted-sum"}});
  add("cf_lightgcn_fc", {{"collaborative", "lightgcn"}, {"fusion", "fc"}});
  add("no_target_aware", {{"target-aware", false}});
  add("exclude_target", {{"exclude-target", true}});
  add("no_normalisation", {{"normalize-features", false}});
  add("normalize_self", {{"normalize-self", true}, {"alpha", 0.8}});
  add("both_layouts", {{"features-layout", "both"}});
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
