#include "monet/models/mmgcn.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/concat_rows.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/half_squared_norm.h"
#include "monet/autograd/ops/leaky_relu.h"
#include "monet/autograd/ops/linear.h"
#include "monet/autograd/ops/matmul.h"
#include "monet/autograd/ops/normalize_rows.h"
#include "monet/autograd/ops/scale.h"
#include "monet/autograd/ops/spmm.h"
#include "monet/models/detail/batch_nodes.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/gcn_name.h"
#include "monet/models/detail/grids.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/registry.h"

#include <fmt/format.h>

namespace monet::models {

using autograd::Tape;
using autograd::Var;

namespace {

bool uses_weights(Mmgcn::Variant variant) {
  return variant == Mmgcn::Variant::no_self || variant == Mmgcn::Variant::layer_combination;
}

}  // namespace

Mmgcn::Mmgcn(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& /*pool*/)
    : options_(option_set().checked(options, kName)), graph_(&graph), mean_(detail::node_mean(graph)) {
  detail::require_modalities(kName, dataset);
  detail::require_distinct_gcn_names(kName, dataset);
  detail::require_same_shape(kName, dataset, graph);
  ParameterBlock& ids = parameters_.add_block(graph.num_users() + graph.num_items(), options.dim);
  ids.trainable = options.trainable_ids;
  ids_ = &parameters_.add_rows("id_embedding", ids, 0, ids.value.rows(), RowsOf::nodes);
  for (const data::Modality& modality : dataset.modalities) modalities_.push_back(make_modality(modality));
}

Mmgcn::Modality Mmgcn::make_modality(const data::Modality& modality) {
  const bool full = options_.variant == Variant::full;
  const std::string name = detail::gcn_name(modality);
  const Index dim = options_.dim;
  Modality out;
  out.name = modality.name;
  out.image = modality.name == "image";
  out.features = modality.features.view();
  Index width = modality.features.cols();
  if (out.image || !full) {
    const std::string map = name + (full ? ".MLP" : ".projection");
    const Index mapped = full ? options_.map_dim : dim;
    out.table.emplace(out.features, options_.features_dtype, options_.features_layout);
    out.map_weight = &parameters_.add(map + ".weight", mapped, width);
    out.map_bias = &parameters_.add_vector(map + ".bias", mapped);
    width = mapped;
  }
  ParameterBlock& preference = parameters_.add_block(graph_->num_users(), width);
  preference.trainable = options_.trainable_ids;
  out.preference = &parameters_.add_columns(name + ".preference", preference, 0, width, RowsOf::users);
  for (std::size_t k = 0; k < out.layers.size(); ++k) {
    const auto add = [&](const char* part, const char* what, Index rows, Index cols) {
      const std::string full_name = fmt::format("{}.{}{}.{}", name, part, k + 1, what);
      return rows == 0 ? &parameters_.add_vector(full_name, cols) : &parameters_.add(full_name, rows, cols);
    };
    Layer& layer = out.layers[k];
    if (full || uses_weights(options_.variant)) layer.conv = add("conv_embed_", "weight", width, width);
    if (!full) continue;
    layer.linear_weight = add("linear_layer", "weight", dim, width);
    layer.linear_bias = add("linear_layer", "bias", 0, dim);
    const Index joined = options_.combination == Combination::concat ? width + dim : width;
    layer.g_weight = add("g_layer", "weight", dim, joined);
    layer.g_bias = add("g_layer", "bias", 0, dim);
    width = dim;
  }
  return out;
}

void Mmgcn::initialise(Rng& rng) {
  detail::xavier_normal(*ids_, rng);
  for (const Modality& modality : modalities_) {
    detail::xavier_normal(*modality.preference, rng);
    if (modality.map_weight != nullptr) detail::linear_uniform(*modality.map_weight, *modality.map_bias, rng);
    bool first = true;
    for (const Layer& layer : modality.layers) {
      if (layer.conv != nullptr) detail::xavier_normal(*layer.conv, rng);
      if (layer.linear_weight == nullptr) continue;
      detail::linear_uniform(*layer.linear_weight, *layer.linear_bias, rng);
      detail::xavier_normal(*layer.linear_weight, rng);
      detail::linear_uniform(*layer.g_weight, *layer.g_bias, rng);
      if (first) detail::xavier_normal(*layer.g_weight, rng);
      first = false;
    }
  }
}

Var Mmgcn::on_tape(Tape& tape, const Parameter* parameter) {
  return tape.parameter(parameter->value, parameter->grad);
}

Var Mmgcn::table_on_tape(Tape& tape, const Parameter* table) {
  return options_.trainable_ids ? on_tape(tape, table) : tape.constant(table->value);
}

Var Mmgcn::start(Tape& tape, const Modality& modality, Var preference) {
  Var items;
  if (modality.table) {
    const std::array map{modality.table->with(on_tape(tape, modality.map_weight), on_tape(tape, modality.map_bias))};
    items = autograd::project(tape, map, false, {}, nullptr);
  } else {
    items = tape.constant(modality.features);
  }
  return autograd::normalize_rows(tape, autograd::concat_rows(tape, preference, items));
}

Var Mmgcn::layer(Tape& tape, const Layer& layer, Var self, Var neighbours, Var ids) {
  const Var h = autograd::leaky_relu(tape, neighbours);
  const Var own = autograd::linear(tape, self, on_tape(tape, layer.linear_weight), on_tape(tape, layer.linear_bias));
  const Var x = autograd::add(tape, autograd::leaky_relu(tape, own), ids);
  const Var bias = on_tape(tape, layer.g_bias);
  if (options_.combination == Combination::elementwise) {
    const Var joined = autograd::add(tape, autograd::linear(tape, h, on_tape(tape, layer.g_weight), bias), x);
    return autograd::leaky_relu(tape, joined);
  }
  // [h ‖ x̂] Gᵀ by the columns of G that meet h and those that meet x̂.
  const auto columns = [&](Index first, Index count) {
    return tape.parameter(layer.g_weight->value.columns(first, count), layer.g_weight->grad.columns(first, count));
  };
  const Index width = tape.cols(h);
  const Var left = autograd::linear(tape, h, columns(0, width), bias);
  const Var right = autograd::linear(tape, x, columns(width, options_.dim), {});
  return autograd::leaky_relu(tape, autograd::add(tape, left, right));
}

Var Mmgcn::published(Tape& tape, const Modality& modality, Var start, Var ids, std::span<const std::int32_t> rows) {
  const Var values = tape.constant(mean_.values.view());
  Var x = start;
  for (std::size_t k = 0; k < modality.layers.size(); ++k) {
    const Layer& current = modality.layers[k];
    const bool last = k + 1 == modality.layers.size();
    const auto chosen = [&](Var v) { return last && !rows.empty() ? autograd::gather_rows(tape, v, rows) : v; };
    const Var mapped = autograd::matmul(tape, x, on_tape(tape, current.conv));
    const Var neighbours = autograd::spmm(tape, mean_.pattern, values, mapped);
    x = layer(tape, current, chosen(x), chosen(neighbours), chosen(ids));
  }
  return x;
}

Var Mmgcn::variant(Tape& tape, const Modality& modality, Var start, std::span<const std::int32_t> rows) {
  const Var values = tape.constant(mean_.values.view());
  std::vector<Var> layers = {start};
  for (const Layer& layer : modality.layers) {
    const Var x = layers.back();
    if (options_.variant == Variant::linear) {
      layers.push_back(autograd::add(tape, autograd::spmm(tape, mean_.pattern, values, x), x));
    } else if (uses_weights(options_.variant)) {
      const Var mapped = autograd::matmul(tape, x, on_tape(tape, layer.conv));
      layers.push_back(autograd::leaky_relu(tape, autograd::spmm(tape, mean_.pattern, values, mapped)));
    }
  }
  const Var x = options_.variant == Variant::layer_combination ? mean(tape, layers) : layers.back();
  return rows.empty() ? x : autograd::gather_rows(tape, x, rows);
}

std::vector<Var> Mmgcn::preferences_on_tape(Tape& tape) {
  std::vector<Var> out;
  for (const Modality& modality : modalities_) out.push_back(table_on_tape(tape, modality.preference));
  return out;
}

std::vector<Var> Mmgcn::modality_rows(Tape& tape, std::span<const Var> preferences, Var ids,
                                      std::span<const std::int32_t> rows) {
  std::vector<Var> out;
  for (const Modality& modality : modalities_) {
    const Var x = start(tape, modality, preferences[out.size()]);
    out.push_back(options_.variant == Variant::full ? published(tape, modality, x, ids, rows)
                                                    : variant(tape, modality, autograd::add(tape, x, ids), rows));
  }
  return out;
}

Var Mmgcn::mean(Tape& tape, std::span<const Var> parts) {
  return autograd::scale(tape, autograd::add(tape, parts), 1.0F / static_cast<float>(parts.size()));
}

Var Mmgcn::regulariser(Tape& tape, std::span<const Var> preferences, Var ids, const Batch& batch) {
  Var sum = detail::id_regulariser(tape, detail::gather_batch(tape, ids, graph_->num_users(), batch));
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    if (!modalities_[m].image) continue;
    const auto size = static_cast<float>(tape.rows(preferences[m]) * tape.cols(preferences[m]));
    sum = autograd::add(tape, sum, autograd::half_squared_norm(tape, preferences[m], 2.0F / size));
  }
  return sum;
}

Loss Mmgcn::loss(Tape& tape, const Batch& batch) {
  const Var ids = table_on_tape(tape, ids_);
  const std::vector<Var> preferences = preferences_on_tape(tape);
  const detail::BatchNodes of_batch(batch, graph_->num_users(), graph_->num_items());
  const Var distinct = mean(tape, modality_rows(tape, preferences, ids, of_batch.nodes));
  const auto rows = detail::gather_batch(tape, distinct, distinct, of_batch.positions());
  return detail::weighed(tape, detail::dot_bpr(tape, rows), regulariser(tape, preferences, ids, batch),
                         options_.weight_decay);
}

Output Mmgcn::output(Tape& tape, Detail detail) {
  Output out;
  const auto parts = modality_rows(tape, preferences_on_tape(tape), table_on_tape(tape, ids_), {});
  detail::add_dot_scoring(out, tape, mean(tape, parts), *graph_);
  if (detail == Detail::artifact) {
    for (std::size_t m = 0; m < modalities_.size(); ++m) {
      out.tensors.push_back({"item_embedding." + modalities_[m].name,
                             out.keep(tape, parts[m]).row_range(graph_->num_users(), graph_->num_items())});
    }
  }
  return out;
}

// The published form; the last layer is wanted for the batch's nodes only, its neighbours' mean excepted.
StepWork Mmgcn::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(*graph_, batch);
  const Index d = options_.dim;
  StepWork work;
  for (const Modality& modality : modalities_) {
    Index width = modality.features.cols;
    if (modality.image) {
      work.products.push_back({sizes.items, width, options_.map_dim, false, true});
      width = options_.map_dim;
    }
    for (int layer = 1; layer <= kLayers; ++layer) {
      const bool trained = layer > 1 || modality.image || options_.trainable_ids;
      const Index rows = layer == kLayers ? sizes.batch_nodes : sizes.nodes;
      work.products.push_back({sizes.nodes, width, width, trained, true});
      work.products.push_back({rows, width, d, trained, true});
      work.products.push_back({rows, width, d});
      if (options_.combination == Combination::concat) work.products.push_back({rows, d, d});
      work.gathers.push_back({2.0 * sizes.entries, width, sizes.nodes});
      width = d;
    }
  }
  return work;
}

const OptionSet<Mmgcn::Options>& Mmgcn::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim);
    s.whole("map-dim", &Options::map_dim, 1, describe::kMostDimensions, "width of the image map");
    s.word<Combination>("combination", &Options::combination,
                        {{"concat", Combination::concat}, {"elementwise", Combination::elementwise}},
                        "how a node's neighbourhood joins its own representation");
    s.toggle("trainable-ids", &Options::trainable_ids,
             "train the id and preference tables too, which the published code does not");
    s.word<Variant>("variant", &Options::variant,
                    {{"full", Variant::full},
                     {"linear", Variant::linear},
                     {"no-self", Variant::no_self},
                     {"layer-combination", Variant::layer_combination},
                     {"no-graph", Variant::no_graph}},
                    "the variants of MONET's Section 3");
    describe::weight_decay(s, &Options::weight_decay);
    describe::features(s, &Options::features_dtype, &Options::features_layout);
    return s;
  }();
  return set;
}

void Mmgcn::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "id_embedding", 1);
  detail::take_size(options.map_dim, parameters, "v_gcn.MLP.weight", 0);
}

std::size_t Mmgcn::training_bytes(const Options& options, const data::Dataset& dataset) {
  const Index d = options.dim;
  // The ids: value, gradient, two moments. Then for each modality what a layer makes of its input (about six values of
  // its width and as many of the next), and the gradients of all that.
  std::size_t bytes = detail::tables_bytes(dataset, d, 4 + 4);
  for (const data::Modality& modality : dataset.modalities) {
    const bool full = options.variant == Variant::full;
    const Index features = modality.features.cols();
    const Index width = !full ? d : modality.name == "image" ? options.map_dim : features;
    bytes += detail::tables_bytes(dataset, width, 12) + detail::tables_bytes(dataset, d, Index{12} * kLayers);
    const Index weights = width * features + width * width + 2 * d * (width + d) + 8 * d * d;
    bytes += static_cast<std::size_t>(4 * (weights + dataset.num_users() * width)) * sizeof(float);
  }
  // The matrix over all nodes and its transpose: two indices, a place and a value for each entry.
  bytes += static_cast<std::size_t>(2 * dataset.train.nnz()) * 28;
  return bytes + detail::feature_copy_bytes(options.features_dtype, options.features_layout, dataset);
}

const Registration& mmgcn_registration() {
  static const Registration entry = registration_of<Mmgcn>(
      {"a graph convolution for each modality, with weights between layers",
       {.decay = 1.0, .sampling = Sampling::interactions},
       // MMRec: rates and weights. It has three layers always, as published.
       {{"learning-rate", detail::rates()}, {"weight-decay", {"0", "0.00001", "0.0001", "0.001", "0.01", "0.1"}}}});
  return entry;
}

}  // namespace monet::models
