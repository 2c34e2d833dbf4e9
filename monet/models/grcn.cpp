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
#include "monet/models/detail/grids.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/registry.h"

#include <array>
#include <memory>

namespace monet::models {

using autograd::EdgeValues;
using autograd::Embeddings;
using autograd::Tape;
using autograd::Var;

namespace {
constexpr int kIdLayers = 2;
}

Grcn::Grcn(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& /*pool*/)
    : options_(option_set().checked(options, kName)),
      graph_(&graph),
      user_items_(std::make_shared<const autograd::SparsePattern>(graph.user_items())),
      item_users_(std::make_shared<const autograd::SparsePattern>(graph.item_users())),
      batch_field_(graph, 0, 1.0) {
  detail::require_modalities(kName, dataset);
  detail::require_distinct_gcn_names(kName, dataset);
  detail::require_same_shape(kName, dataset, graph);
  const Index nodes = graph.num_users() + graph.num_items();
  ids_ = &parameters_.add("id_gcn.id_embedding", nodes, options.dim, RowsOf::nodes);
  confidence_ =
      &parameters_.add("model_specific_conf", nodes, static_cast<Index>(dataset.modalities.size()), RowsOf::nodes);
  for (const data::Modality& modality : dataset.modalities) {
    const std::string gcn = detail::gcn_name(modality);
    modalities_.push_back(
        {modality.name, detail::FeatureTable(modality.features.view(), options.features_dtype, options.features_layout),
         &parameters_.add(gcn + ".preference", graph.num_users(), options.content_dim, RowsOf::users),
         &parameters_.add(gcn + ".MLP.weight", options.content_dim, modality.features.cols()),
         &parameters_.add_vector(gcn + ".MLP.bias", options.content_dim)});
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

Var Grcn::on_tape(Tape& tape, const Parameter* parameter) {
  return tape.parameter(parameter->value, parameter->grad);
}

// Rows of a table of all nodes as parameters of their own.
Embeddings Grcn::sides_of(Tape& tape, const Parameter* nodes) {
  const auto rows = [&](Index first, Index count) {
    return tape.parameter(nodes->value.row_range(first, count), nodes->grad.row_range(first, count));
  };
  return {rows(0, graph_->num_users()), rows(graph_->num_users(), graph_->num_items())};
}

Grcn::Tables Grcn::tables_on_tape(Tape& tape) {
  Tables tables{sides_of(tape, ids_), sides_of(tape, confidence_), {}};
  for (const Modality& modality : modalities_) tables.preferences.push_back(on_tape(tape, modality.preference));
  return tables;
}

// p and f, after routing, of any length: what reads them normalises them.
Embeddings Grcn::nodes_of(Tape& tape, const Modality& modality, Var preference) {
  const std::array map{modality.table.with(on_tape(tape, modality.weight), on_tape(tape, modality.bias))};
  const Var mapped = autograd::leaky_relu(tape, autograd::project(tape, map, false, {}, nullptr));
  if (options_.routing == Routing::published || options_.num_routing == 0) return {preference, mapped};
  Embeddings nodes{autograd::normalize_rows(tape, preference), autograd::normalize_rows(tape, mapped)};
  for (int k = 0; k < options_.num_routing; ++k) {
    const Var affinity = autograd::sampled_dot(tape, user_items_, nodes.users, nodes.items);
    const Var weights = autograd::segment_softmax(tape, user_items_, affinity);
    const Var message = autograd::spmm(tape, user_items_, weights, nodes.items);
    nodes.users = autograd::normalize_rows(tape, autograd::add(tape, nodes.users, message));
  }
  return nodes;
}

std::vector<Embeddings> Grcn::final_parts(Tape& tape, const Tables& tables, const graph::ReceptiveField* batch) {
  std::vector<EdgeValues> attentions;
  std::vector<Embeddings> parts(1);
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    const Embeddings nodes = nodes_of(tape, modalities_[m], tables.preferences[m]);
    const auto routed = autograd::edge_attention(tape, item_users_, nodes.users, nodes.items, batch);
    attentions.push_back(routed.attention);
    parts.push_back(routed.content);
  }
  const EdgeValues weights =
      autograd::strongest_edges(tape, item_users_, attentions, tables.confidence, options_.pruning);
  parts.front() = autograd::weighed_propagate(tape, item_users_, weights, tables.ids, kIdLayers, batch);
  return parts;
}

Var Grcn::regulariser(Tape& tape, const Tables& tables, const Batch& batch) {
  const auto size = static_cast<float>(batch.users.size());
  const float of_ids = 1.0F / (size * static_cast<float>(options_.dim));
  const float of_preferences = 2.0F / (size * static_cast<float>(options_.content_dim));
  std::vector<Var> terms{autograd::rows_squared_norm(tape, tables.ids.users, batch.users, 2.0F * of_ids),
                         autograd::rows_squared_norm(tape, tables.ids.items, batch.positives, of_ids),
                         autograd::rows_squared_norm(tape, tables.ids.items, batch.negatives, of_ids)};
  for (const Var preference : tables.preferences) {
    terms.push_back(autograd::rows_squared_norm(tape, preference, batch.users, of_preferences));
  }
  return autograd::add(tape, terms);
}

Loss Grcn::loss(Tape& tape, const Batch& batch) {
  const Tables tables = tables_on_tape(tape);
  // First on the tape, so last backward: its few rows are added to gradients that are there.
  const Var penalty = regulariser(tape, tables, batch);
  std::vector<std::int32_t> items(batch.positives.begin(), batch.positives.end());
  items.insert(items.end(), batch.negatives.begin(), batch.negatives.end());
  batch_field_.build(batch.users, items, false);
  const auto parts = final_parts(tape, tables, &batch_field_);
  const Var ranking = autograd::dot_bpr(tape, parts, batch.users, batch.positives, batch.negatives, &batch_field_);
  return detail::weighed(tape, ranking, penalty, options_.weight_decay);
}

Output Grcn::output(Tape& tape, Detail detail) {
  Output out;
  const auto parts = final_parts(tape, tables_on_tape(tape), nullptr);
  std::vector<Var> users, items;
  for (const Embeddings& part : parts) {
    users.push_back(part.users);
    items.push_back(part.items);
  }
  const auto final_users = out.keep(tape, autograd::concat_columns(tape, users));
  detail::add_dot_scoring(out, final_users, out.keep(tape, autograd::concat_columns(tape, items)), *graph_);
  if (detail == Detail::artifact) {
    for (std::size_t m = 0; m < modalities_.size(); ++m) {
      out.tensors.push_back({"item_embedding." + modalities_[m].name, out.keep(tape, parts[m + 1].items)});
    }
  }
  return out;
}

StepWork Grcn::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(*graph_, batch);
  const double edges = sizes.entries / 2.0;
  const double at_users = detail::entries_of(graph_->user_items(), {batch.users.begin(), batch.users.end()});
  const double at_items = detail::entries_of(graph_->item_users(), sizes.batch_items);
  StepWork work;
  // Attention gathers a row for each edge, with which the content of the batch's items comes too, and one for each edge
  // of the batch's users; backward each side's rows once, and the gradients that the batch's rows have. A step of
  // routing: a sampled product and a weighed pass, three times each.
  const double routing = options_.routing == Routing::paper ? 6.0 * options_.num_routing * edges : 0.0;
  for (const Modality& modality : modalities_) {
    work.products.push_back({sizes.items, modality.table.width(), options_.content_dim, false, true});
    work.gathers.push_back({3.0 * edges + 2.0 * at_users + at_items + routing, options_.content_dim, sizes.nodes / 2});
  }
  // Two layers, the last of the batch's rows only; as much backward.
  work.gathers.push_back({2.0 * (2.0 * edges + at_users + at_items), options_.dim, sizes.nodes / 2});
  return work;
}

const OptionSet<Grcn::Options>& Grcn::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim, "width of the id embeddings");
    s.whole("content-dim", &Options::content_dim, 1, describe::kMostDimensions, "width of the content embeddings");
    s.word<Routing>("routing", &Options::routing, {{"published", Routing::published}, {"paper", Routing::paper}},
                    "as the published code routes, or as the paper says");
    s.whole("num-routing", &Options::num_routing, 0, describe::kMostLayers, "routing steps");
    s.toggle("pruning", &Options::pruning, "negative edge weights become 0");
    describe::weight_decay(s, &Options::weight_decay);
    describe::features(s, &Options::features_dtype, &Options::features_layout);
    return s;
  }();
  return set;
}

void Grcn::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "id_gcn.id_embedding", 1);
  for (const auto& [name, shape] : parameters) {
    if (name.ends_with("_gcn.preference")) detail::take_size(options.content_dim, parameters, name, 1);
  }
}

std::size_t Grcn::training_bytes(const Options& options, const data::Dataset& dataset) {
  const auto modalities = static_cast<Index>(dataset.modalities.size());
  const Index edges = dataset.train.nnz();
  const Index routing = options.routing == Routing::paper ? Index{options.num_routing} : 0;
  // Ids: value, gradient, two moments; two layers with gradients. Contents: C with its gradient and, of items, what is
  // mapped and activated with theirs; six more for each routing step.
  std::size_t bytes = detail::tables_bytes(dataset, options.dim, 4 + 4);
  bytes += detail::tables_bytes(dataset, options.content_dim, modalities * (4 + 6 + 6 * routing));
  bytes += detail::tables_bytes(dataset, modalities, 8);
  for (const data::Modality& modality : dataset.modalities) {
    bytes += static_cast<std::size_t>(4 * options.content_dim * (modality.features.cols() + 1)) * sizeof(float);
  }
  // Values of edges and their gradients, in both orders; two patterns with their transposes.
  bytes += static_cast<std::size_t>(edges * (modalities * (8 + 4 * routing) + 12)) * sizeof(float);
  bytes += static_cast<std::size_t>(edges) * 2 * 24;
  return bytes + detail::feature_copy_bytes(options.features_dtype, options.features_layout, dataset);
}

const Registration& grcn_registration() {
  static const Registration entry =
      registration_of<Grcn>({"a graph whose edges are weighed by what each modality says of them",
                             {.decay = 1.0, .sampling = Sampling::interactions},
                             // MMRec: weights and rates, without 1 and 0.1, which nobody else considers.
                             {{"learning-rate", {"0.01", "0.001", "0.0001"}},
                              {"weight-decay", {"0.1", "0.01", "0.001", "0.0001", "0.00001"}}}});
  return entry;
}

}  // namespace monet::models
