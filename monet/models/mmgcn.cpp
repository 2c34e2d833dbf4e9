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
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/sizes.h"

#include <fmt/format.h>

namespace monet::models {

using autograd::Var;

namespace {

bool uses_weights(MmgcnVariant variant) {
  return variant == MmgcnVariant::no_self || variant == MmgcnVariant::layer_combination;
}

}  // namespace

Mmgcn::Mmgcn(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(options),
      graph_(&graph),
      mean_(detail::node_mean(graph)),
      tape_(pool),
      popularity_(detail::popularity_of(graph)) {
  detail::require_modalities("mmgcn", dataset);
  detail::require_distinct_gcn_names("mmgcn", dataset);
  detail::require_same_shape("mmgcn", dataset, graph);
  detail::require_at_least("mmgcn", "dim", static_cast<double>(options.dim), 1);
  detail::require_at_least("mmgcn", "latent-dim", static_cast<double>(options.latent_dim), 1);
  detail::require_at_least("mmgcn", "weight-decay", static_cast<double>(options.weight_decay), 0);
  ParameterBlock& ids = parameters_.add_block(graph.num_users() + graph.num_items(), options.dim);
  ids.trainable = options.trainable_ids;
  ids_ = &parameters_.add_rows("id_embedding", ids, 0, ids.value.rows());
  for (const data::Modality& modality : dataset.modalities) modalities_.push_back(make_modality(modality));
}

Mmgcn::Modality Mmgcn::make_modality(const data::Modality& modality) {
  const bool full = options_.variant == MmgcnVariant::full;
  const std::string name = detail::gcn_name(modality);
  const Index dim = options_.dim;
  Modality out;
  out.name = modality.name;
  out.image = modality.name == "image";
  out.features = modality.features.view();
  Index width = modality.features.cols();
  if (out.image || !full) {
    const std::string map = name + (full ? ".MLP" : ".projection");
    const Index mapped = full ? options_.latent_dim : dim;
    out.table.emplace(out.features, options_.features_dtype, options_.features_layout);
    out.map_weight = &parameters_.add(map + ".weight", mapped, width);
    out.map_bias = &parameters_.add_vector(map + ".bias", mapped);
    width = mapped;
  }
  ParameterBlock& preference = parameters_.add_block(graph_->num_users(), width);
  preference.trainable = options_.trainable_ids;
  out.preference = &parameters_.add_columns(name + ".preference", preference, 0, width);
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

Var Mmgcn::on_tape(const Parameter* parameter) {
  return tape_.parameter(parameter->value, parameter->grad);
}

Var Mmgcn::table_on_tape(const Parameter* table) {
  return options_.trainable_ids ? on_tape(table) : tape_.constant(table->value);
}

Var Mmgcn::start(const Modality& modality, Var preference) {
  Var items;
  if (modality.table) {
    const std::array map{modality.table->with(on_tape(modality.map_weight), on_tape(modality.map_bias))};
    items = autograd::project(tape_, map, false, {}, nullptr);
  } else {
    items = tape_.constant(modality.features);
  }
  return autograd::normalize_rows(tape_, autograd::concat_rows(tape_, preference, items));
}

Var Mmgcn::layer(const Layer& layer, Var self, Var neighbours, Var ids) {
  const Var h = autograd::leaky_relu(tape_, neighbours);
  const Var own = autograd::linear(tape_, self, on_tape(layer.linear_weight), on_tape(layer.linear_bias));
  const Var x = autograd::add(tape_, autograd::leaky_relu(tape_, own), ids);
  const Var bias = on_tape(layer.g_bias);
  if (options_.combination == Combination::elementwise) {
    const Var joined = autograd::add(tape_, autograd::linear(tape_, h, on_tape(layer.g_weight), bias), x);
    return autograd::leaky_relu(tape_, joined);
  }
  // [h ‖ x̂] Gᵀ by the columns of G that meet h and those that meet x̂.
  const auto columns = [&](Index first, Index count) {
    return tape_.parameter(layer.g_weight->value.columns(first, count), layer.g_weight->grad.columns(first, count));
  };
  const Index width = tape_.cols(h);
  const Var left = autograd::linear(tape_, h, columns(0, width), bias);
  const Var right = autograd::linear(tape_, x, columns(width, options_.dim), {});
  return autograd::leaky_relu(tape_, autograd::add(tape_, left, right));
}

Var Mmgcn::published(const Modality& modality, Var start, Var ids, std::span<const std::int32_t> rows) {
  const Var values = tape_.constant(mean_.values.view());
  Var x = start;
  for (std::size_t k = 0; k < modality.layers.size(); ++k) {
    const Layer& current = modality.layers[k];
    const bool last = k + 1 == modality.layers.size();
    const auto chosen = [&](Var v) { return last && !rows.empty() ? autograd::gather_rows(tape_, v, rows) : v; };
    const Var mapped = autograd::matmul(tape_, x, on_tape(current.conv));
    const Var neighbours = autograd::spmm(tape_, mean_.pattern, values, mapped);
    x = layer(current, chosen(x), chosen(neighbours), chosen(ids));
  }
  return x;
}

Var Mmgcn::variant(const Modality& modality, Var start, std::span<const std::int32_t> rows) {
  const Var values = tape_.constant(mean_.values.view());
  std::vector<Var> layers = {start};
  for (const Layer& layer : modality.layers) {
    const Var x = layers.back();
    if (options_.variant == MmgcnVariant::linear) {
      layers.push_back(autograd::add(tape_, autograd::spmm(tape_, mean_.pattern, values, x), x));
    } else if (uses_weights(options_.variant)) {
      const Var mapped = autograd::matmul(tape_, x, on_tape(layer.conv));
      layers.push_back(autograd::leaky_relu(tape_, autograd::spmm(tape_, mean_.pattern, values, mapped)));
    }
  }
  const Var x = options_.variant == MmgcnVariant::layer_combination ? mean(layers) : layers.back();
  return rows.empty() ? x : autograd::gather_rows(tape_, x, rows);
}

std::vector<Var> Mmgcn::preferences_on_tape() {
  std::vector<Var> out;
  for (const Modality& modality : modalities_) out.push_back(table_on_tape(modality.preference));
  return out;
}

std::vector<Var> Mmgcn::modality_rows(std::span<const Var> preferences, Var ids, std::span<const std::int32_t> rows) {
  std::vector<Var> out;
  for (const Modality& modality : modalities_) {
    const Var x = start(modality, preferences[out.size()]);
    out.push_back(options_.variant == MmgcnVariant::full ? published(modality, x, ids, rows)
                                                         : variant(modality, autograd::add(tape_, x, ids), rows));
  }
  return out;
}

Var Mmgcn::mean(std::span<const Var> parts) {
  return autograd::scale(tape_, autograd::add(tape_, parts), 1.0F / static_cast<float>(parts.size()));
}

Var Mmgcn::regulariser(std::span<const Var> preferences, Var ids, const Batch& batch) {
  Var sum = detail::id_regulariser(tape_, detail::gather_batch(tape_, ids, graph_->num_users(), batch));
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    if (!modalities_[m].image) continue;
    const auto size = static_cast<float>(tape_.rows(preferences[m]) * tape_.cols(preferences[m]));
    sum = autograd::add(tape_, sum, autograd::half_squared_norm(tape_, preferences[m], 2.0F / size));
  }
  return sum;
}

LossParts Mmgcn::compute_gradients(const Batch& batch) {
  tape_.clear();
  const Var ids = table_on_tape(ids_);
  const std::vector<Var> preferences = preferences_on_tape();
  const detail::BatchNodes of_batch(batch, graph_->num_users(), graph_->num_items());
  const Var distinct = mean(modality_rows(preferences, ids, of_batch.nodes));
  const auto rows = detail::gather_batch(tape_, distinct, distinct, of_batch.positions());
  return detail::run_backward(tape_, detail::dot_bpr(tape_, rows), regulariser(preferences, ids, batch),
                              options_.weight_decay);
}

Scoring Mmgcn::scoring() {
  tape_.clear();
  tape_.set_recording(false);
  final_parts_ = modality_rows(preferences_on_tape(), table_on_tape(ids_), {});
  const auto nodes = tape_.value(mean(final_parts_));
  tape_.set_recording(true);
  return detail::dot_scoring(nodes.row_range(0, graph_->num_users()),
                             nodes.row_range(graph_->num_users(), graph_->num_items()), *graph_, popularity_);
}

std::vector<NamedTensor> Mmgcn::artifact_tensors() {
  std::vector<NamedTensor> tensors;
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    tensors.push_back({"item_embedding." + modalities_[m].name,
                       tape_.value(final_parts_[m]).row_range(graph_->num_users(), graph_->num_items())});
  }
  return tensors;
}

ModelSettings Mmgcn::defaults() {
  ModelSettings settings;
  settings.options.latent_dim = 256;
  settings.training.decay = 1.0;
  settings.training.sampling = Sampling::interactions;
  return settings;
}

std::span<const std::string_view> Mmgcn::option_names() {
  static constexpr std::array<std::string_view, 8> kNames = {
      "dim",     "latent-dim",   "combination",    "trainable-ids",
      "variant", "weight-decay", "features-dtype", "features-layout"};
  return kNames;
}

void Mmgcn::take_sizes(ModelOptions& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "id_embedding", 1);
  detail::take_size(options.latent_dim, parameters, "v_gcn.MLP.weight", 0);
}

std::size_t Mmgcn::training_bytes(const ModelOptions& options, const data::Dataset& dataset) {
  const Index d = options.dim;
  // The ids: value, gradient, two moments. Then for each modality what a layer makes of its input (about six values of
  // its width and as many of the next), and the gradients of all that.
  std::size_t bytes = detail::tables_bytes(dataset, d, 4 + 4);
  for (const data::Modality& modality : dataset.modalities) {
    const bool full = options.variant == MmgcnVariant::full;
    const Index features = modality.features.cols();
    const Index width = !full ? d : modality.name == "image" ? options.latent_dim : features;
    bytes += detail::tables_bytes(dataset, width, 12) + detail::tables_bytes(dataset, d, Index{12} * kLayers);
    const Index weights = width * features + width * width + 2 * d * (width + d) + 8 * d * d;
    bytes += static_cast<std::size_t>(4 * (weights + dataset.num_users() * width)) * sizeof(float);
  }
  // The matrix over all nodes and its transpose: two indices, a place and a value for each entry.
  bytes += static_cast<std::size_t>(2 * dataset.train.nnz()) * 28;
  return bytes + detail::feature_copy_bytes(options, dataset);
}

}  // namespace monet::models
