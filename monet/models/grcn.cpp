#include "monet/models/grcn.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/entry_values.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/half_squared_norm.h"
#include "monet/autograd/ops/leaky_relu.h"
#include "monet/autograd/ops/maximum.h"
#include "monet/autograd/ops/multiply.h"
#include "monet/autograd/ops/normalize_rows.h"
#include "monet/autograd/ops/segment_softmax.h"
#include "monet/autograd/ops/spmm.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/gcn_name.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/sizes.h"

#include <array>
#include <memory>

namespace monet::models {

using autograd::Var;

namespace {
constexpr int kIdLayers = 2;
}

Grcn::Grcn(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(options),
      graph_(&graph),
      user_items_(std::make_shared<const autograd::SparsePattern>(graph.user_items())),
      item_users_(std::make_shared<const autograd::SparsePattern>(graph.item_users())),
      tape_(pool),
      popularity_(detail::popularity_of(graph)) {
  detail::require_modalities("grcn", dataset);
  detail::require_distinct_gcn_names("grcn", dataset);
  detail::require_same_shape("grcn", dataset, graph);
  detail::require_at_least("grcn", "dim", static_cast<double>(options.dim), 1);
  detail::require_at_least("grcn", "latent-dim", static_cast<double>(options.latent_dim), 1);
  detail::require_at_least("grcn", "num-routing", options.num_routing, 0);
  detail::require_at_least("grcn", "weight-decay", static_cast<double>(options.weight_decay), 0);
  const Index nodes = graph.num_users() + graph.num_items();
  ids_ = &parameters_.add("id_gcn.id_embedding", nodes, options.dim);
  confidence_ = &parameters_.add("model_specific_conf", nodes, static_cast<Index>(dataset.modalities.size()));
  for (const data::Modality& modality : dataset.modalities) {
    const std::string gcn = detail::gcn_name(modality);
    modalities_.push_back(
        {modality.name, detail::FeatureTable(modality.features.view(), options.features_dtype, options.features_layout),
         &parameters_.add(gcn + ".preference", graph.num_users(), options.latent_dim),
         &parameters_.add(gcn + ".MLP.weight", options.latent_dim, modality.features.cols()),
         &parameters_.add_vector(gcn + ".MLP.bias", options.latent_dim)});
  }
}

void Grcn::initialise(Rng& rng) {
  detail::xavier_normal(*ids_, rng);
  detail::xavier_normal(*confidence_, rng);
  for (const Modality& modality : modalities_) {
    detail::xavier_normal(*modality.preference, rng);
    detail::linear_uniform(*modality.weight, *modality.bias, rng);
  }
}

Var Grcn::on_tape(const Parameter* parameter) {
  return tape_.parameter(parameter->value, parameter->grad);
}

Grcn::Sides Grcn::sides_of(const Parameter* nodes) {
  const auto rows = [&](Index first, Index count) {
    return tape_.parameter(nodes->value.row_range(first, count), nodes->grad.row_range(first, count));
  };
  return {rows(0, graph_->num_users()), rows(graph_->num_users(), graph_->num_items())};
}

Grcn::Sides Grcn::propagate(const Sides& weights, const Sides& x) {
  return {autograd::spmm(tape_, user_items_, weights.users, x.items),
          autograd::spmm(tape_, item_users_, weights.items, x.users)};
}

Grcn::Sides Grcn::sum(const std::vector<Sides>& terms) {
  std::vector<Var> users, items;
  for (const Sides& term : terms) {
    users.push_back(term.users);
    items.push_back(term.items);
  }
  return {autograd::add(tape_, users), autograd::add(tape_, items)};
}

// p and f, after routing.
Grcn::Sides Grcn::nodes_of(const Modality& modality, Var preference) {
  const std::array map{modality.table.with(on_tape(modality.weight), on_tape(modality.bias))};
  const Var mapped = autograd::leaky_relu(tape_, autograd::project(tape_, map, false, {}, nullptr));
  Sides nodes{autograd::normalize_rows(tape_, preference), autograd::normalize_rows(tape_, mapped)};
  for (int k = 0; options_.routing == Routing::paper && k < options_.num_routing; ++k) {
    const Var affinity = autograd::sampled_dot(tape_, user_items_, nodes.users, nodes.items);
    const Var weights = autograd::segment_softmax(tape_, user_items_, affinity);
    const Var message = autograd::spmm(tape_, user_items_, weights, nodes.items);
    nodes.users = autograd::normalize_rows(tape_, autograd::add(tape_, nodes.users, message));
  }
  return nodes;
}

// a_{i→u} and a_{u→i}.
Grcn::Sides Grcn::attention(const Sides& nodes) {
  const Var affinity = autograd::sampled_dot(tape_, user_items_, nodes.users, nodes.items);
  return {
      autograd::segment_softmax(tape_, user_items_, affinity),
      autograd::segment_softmax(tape_, item_users_, autograd::transpose_values(tape_, user_items_, affinity)),
  };
}

// Each edge's attention times the confidence of the node it comes from.
Grcn::Sides Grcn::confident(const Sides& attention, const Sides& confidence, Index modality) {
  const auto of_sources = [&](Var nodes, const autograd::PatternPtr& edges) {
    return autograd::gather_rows(tape_, autograd::slice_columns(tape_, nodes, modality, 1), edges->csr.indices());
  };
  return {autograd::multiply(tape_, attention.users, of_sources(confidence.items, user_items_)),
          autograd::multiply(tape_, attention.items, of_sources(confidence.users, item_users_))};
}

// The largest over the modalities, at least 0 when pruned.
Grcn::Sides Grcn::strongest(const std::vector<Sides>& weights) {
  std::vector<Var> users, items;
  for (const Sides& one : weights) {
    users.push_back(one.users);
    items.push_back(one.items);
  }
  const Sides most{autograd::maximum(tape_, users), autograd::maximum(tape_, items)};
  if (!options_.pruning) return most;
  return {autograd::leaky_relu(tape_, most.users, 0.0F), autograd::leaky_relu(tape_, most.items, 0.0F)};
}

Grcn::Parts Grcn::forward() {
  Parts out;
  out.ids = sides_of(ids_);
  const Sides confidence = sides_of(confidence_);
  std::vector<Sides> contents, weights;
  for (const Modality& modality : modalities_) {
    out.preferences.push_back(on_tape(modality.preference));
    const Sides nodes = nodes_of(modality, out.preferences.back());
    const Sides edges = attention(nodes);
    weights.push_back(confident(edges, confidence, static_cast<Index>(weights.size())));
    contents.push_back(sum({nodes, propagate(edges, nodes)}));
  }
  const Sides edges = strongest(weights);
  std::vector<Sides> layers{
      {autograd::normalize_rows(tape_, out.ids.users), autograd::normalize_rows(tape_, out.ids.items)}};
  for (int l = 0; l < kIdLayers; ++l) layers.push_back(propagate(edges, layers.back()));
  out.final_parts = {sum(layers)};
  out.final_parts.insert(out.final_parts.end(), contents.begin(), contents.end());
  return out;
}

detail::BatchRows Grcn::batch_rows(std::span<const Sides> parts, const Batch& batch) {
  std::array<std::vector<Var>, 3> rows;
  for (const Sides& part : parts) {
    const auto of_part = detail::gather_batch(tape_, part.users, part.items, batch);
    rows[0].push_back(of_part.users);
    rows[1].push_back(of_part.positives);
    rows[2].push_back(of_part.negatives);
  }
  return {autograd::concat_columns(tape_, rows[0]), autograd::concat_columns(tape_, rows[1]),
          autograd::concat_columns(tape_, rows[2])};
}

Var Grcn::regulariser(const Parts& parts, const Batch& batch) {
  const float size = static_cast<float>(batch.users.size()) * static_cast<float>(options_.latent_dim);
  std::vector<Var> terms = {
      detail::id_regulariser(tape_, detail::gather_batch(tape_, parts.ids.users, parts.ids.items, batch))};
  for (const Var preference : parts.preferences) {
    const Var rows = autograd::gather_rows(tape_, preference, batch.users);
    terms.push_back(autograd::half_squared_norm(tape_, rows, 2.0F / size));
  }
  return autograd::add(tape_, terms);
}

LossParts Grcn::compute_gradients(const Batch& batch) {
  tape_.clear();
  const Parts parts = forward();
  const Var ranking = detail::dot_bpr(tape_, batch_rows(parts.final_parts, batch));
  return detail::run_backward(tape_, ranking, regulariser(parts, batch), options_.weight_decay);
}

Scoring Grcn::scoring() {
  tape_.clear();
  tape_.set_recording(false);
  final_parts_ = forward().final_parts;
  std::vector<Var> users, items;
  for (const Sides& part : final_parts_) {
    users.push_back(part.users);
    items.push_back(part.items);
  }
  const Var final_users = autograd::concat_columns(tape_, users);
  const Var final_items = autograd::concat_columns(tape_, items);
  tape_.set_recording(true);
  return detail::dot_scoring(tape_.value(final_users), tape_.value(final_items), *graph_, popularity_);
}

std::vector<NamedTensor> Grcn::artifact_tensors() {
  std::vector<NamedTensor> tensors;
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    tensors.push_back({"item_embedding." + modalities_[m].name, tape_.value(final_parts_[m + 1].items)});
  }
  return tensors;
}

ModelSettings Grcn::defaults() {
  ModelSettings settings;
  settings.training.decay = 1.0;
  settings.training.sampling = Sampling::interactions;
  return settings;
}

std::span<const std::string_view> Grcn::option_names() {
  static constexpr std::array<std::string_view, 8> kNames = {
      "dim", "latent-dim", "routing", "num-routing", "pruning", "weight-decay", "features-dtype", "features-layout"};
  return kNames;
}

void Grcn::take_sizes(ModelOptions& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "id_gcn.id_embedding", 1);
  for (const auto& [name, shape] : parameters) {
    if (name.ends_with("_gcn.preference")) detail::take_size(options.latent_dim, parameters, name, 1);
  }
}

std::size_t Grcn::training_bytes(const ModelOptions& options, const data::Dataset& dataset) {
  const auto modalities = static_cast<Index>(dataset.modalities.size());
  const Index edges = dataset.train.nnz();
  const Index routing = options.routing == Routing::paper ? Index{options.num_routing} : 0;
  // Ids: value, gradient, two moments; unit rows, two layers and their sum, with gradients. Contents: as many, with
  // three more for each routing step.
  std::size_t bytes = detail::tables_bytes(dataset, options.dim, 4 + 8);
  bytes += detail::tables_bytes(dataset, options.latent_dim, modalities * (4 + 10 + 6 * routing));
  bytes += detail::tables_bytes(dataset, modalities, 8);
  for (const data::Modality& modality : dataset.modalities) {
    bytes += static_cast<std::size_t>(4 * options.latent_dim * (modality.features.cols() + 1)) * sizeof(float);
  }
  // Values of edges and their gradients; two patterns with their transposes.
  bytes += static_cast<std::size_t>(edges * (modalities * (18 + 4 * routing) + 8)) * sizeof(float);
  bytes += static_cast<std::size_t>(edges) * 2 * 24;
  return bytes + detail::feature_copy_bytes(options, dataset);
}

}  // namespace monet::models
