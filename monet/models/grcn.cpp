#include "monet/models/grcn.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/dot_bpr.h"
#include "monet/autograd/ops/leaky_relu.h"
#include "monet/autograd/ops/normalize_rows.h"
#include "monet/autograd/ops/rows_squared_norm.h"
#include "monet/autograd/ops/segment_softmax.h"
#include "monet/autograd/ops/spmm.h"
#include "monet/autograd/ops/strongest_edges.h"
#include "monet/autograd/ops/weighed_propagate.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/gcn_name.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/sizes.h"

#include <array>
#include <memory>

namespace monet::models {

using autograd::EdgeValues;
using autograd::Embeddings;
using autograd::Var;

namespace {
constexpr int kIdLayers = 2;
}

Grcn::Grcn(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(options),
      graph_(&graph),
      user_items_(std::make_shared<const autograd::SparsePattern>(graph.user_items())),
      item_users_(std::make_shared<const autograd::SparsePattern>(graph.item_users())),
      batch_field_(graph, 0, 1.0),
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

// Rows of a table of all nodes as parameters of their own.
Embeddings Grcn::sides_of(const Parameter* nodes) {
  const auto rows = [&](Index first, Index count) {
    return tape_.parameter(nodes->value.row_range(first, count), nodes->grad.row_range(first, count));
  };
  return {rows(0, graph_->num_users()), rows(graph_->num_users(), graph_->num_items())};
}

Grcn::Tables Grcn::tables_on_tape() {
  Tables tables{sides_of(ids_), sides_of(confidence_), {}};
  for (const Modality& modality : modalities_) tables.preferences.push_back(on_tape(modality.preference));
  return tables;
}

// p and f, after routing, of any length: what reads them normalises them.
Embeddings Grcn::nodes_of(const Modality& modality, Var preference) {
  const std::array map{modality.table.with(on_tape(modality.weight), on_tape(modality.bias))};
  const Var mapped = autograd::leaky_relu(tape_, autograd::project(tape_, map, false, {}, nullptr));
  if (options_.routing == Routing::published || options_.num_routing == 0) return {preference, mapped};
  Embeddings nodes{autograd::normalize_rows(tape_, preference), autograd::normalize_rows(tape_, mapped)};
  for (int k = 0; k < options_.num_routing; ++k) {
    const Var affinity = autograd::sampled_dot(tape_, user_items_, nodes.users, nodes.items);
    const Var weights = autograd::segment_softmax(tape_, user_items_, affinity);
    const Var message = autograd::spmm(tape_, user_items_, weights, nodes.items);
    nodes.users = autograd::normalize_rows(tape_, autograd::add(tape_, nodes.users, message));
  }
  return nodes;
}

std::vector<Embeddings> Grcn::final_parts(const Tables& tables, const graph::ReceptiveField* batch) {
  std::vector<EdgeValues> attentions;
  std::vector<Embeddings> parts(1);
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    const Embeddings nodes = nodes_of(modalities_[m], tables.preferences[m]);
    const auto routed = autograd::edge_attention(tape_, item_users_, nodes.users, nodes.items, batch);
    attentions.push_back(routed.attention);
    parts.push_back(routed.content);
  }
  const EdgeValues weights =
      autograd::strongest_edges(tape_, item_users_, attentions, tables.confidence, options_.pruning);
  parts.front() = autograd::weighed_propagate(tape_, item_users_, weights, tables.ids, kIdLayers, batch);
  return parts;
}

Var Grcn::regulariser(const Tables& tables, const Batch& batch) {
  const auto size = static_cast<float>(batch.users.size());
  const float of_ids = 1.0F / (size * static_cast<float>(options_.dim));
  const float of_preferences = 2.0F / (size * static_cast<float>(options_.latent_dim));
  std::vector<Var> terms{autograd::rows_squared_norm(tape_, tables.ids.users, batch.users, 2.0F * of_ids),
                         autograd::rows_squared_norm(tape_, tables.ids.items, batch.positives, of_ids),
                         autograd::rows_squared_norm(tape_, tables.ids.items, batch.negatives, of_ids)};
  for (const Var preference : tables.preferences) {
    terms.push_back(autograd::rows_squared_norm(tape_, preference, batch.users, of_preferences));
  }
  return autograd::add(tape_, terms);
}

LossParts Grcn::compute_gradients(const Batch& batch) {
  tape_.clear();
  const Tables tables = tables_on_tape();
  // First on the tape, so last backward: its few rows are added to gradients that are there.
  const Var penalty = regulariser(tables, batch);
  std::vector<std::int32_t> items(batch.positives.begin(), batch.positives.end());
  items.insert(items.end(), batch.negatives.begin(), batch.negatives.end());
  batch_field_.build(batch.users, items, false);
  const auto parts = final_parts(tables, &batch_field_);
  const Var ranking = autograd::dot_bpr(tape_, parts, batch.users, batch.positives, batch.negatives, &batch_field_);
  return detail::run_backward(tape_, ranking, penalty, options_.weight_decay);
}

Scoring Grcn::scoring() {
  tape_.clear();
  tape_.set_recording(false);
  final_parts_ = final_parts(tables_on_tape(), nullptr);
  std::vector<Var> users, items;
  for (const Embeddings& part : final_parts_) {
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
  // Ids: value, gradient, two moments; two layers with gradients. Contents: C with its gradient and, of items, what is
  // mapped and activated with theirs; six more for each routing step.
  std::size_t bytes = detail::tables_bytes(dataset, options.dim, 4 + 4);
  bytes += detail::tables_bytes(dataset, options.latent_dim, modalities * (4 + 6 + 6 * routing));
  bytes += detail::tables_bytes(dataset, modalities, 8);
  for (const data::Modality& modality : dataset.modalities) {
    bytes += static_cast<std::size_t>(4 * options.latent_dim * (modality.features.cols() + 1)) * sizeof(float);
  }
  // Values of edges and their gradients, in both orders; two patterns with their transposes.
  bytes += static_cast<std::size_t>(edges * (modalities * (8 + 4 * routing) + 12)) * sizeof(float);
  bytes += static_cast<std::size_t>(edges) * 2 * 24;
  return bytes + detail::feature_copy_bytes(options, dataset);
}

}  // namespace monet::models
