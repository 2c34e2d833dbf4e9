#include "monet/models/mario.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/bpr_loss.h"
#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/cosine_distance.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/linear.h"
#include "monet/autograd/ops/project.h"
#include "monet/autograd/ops/scale.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/sizes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace monet::models {

using autograd::Var;

namespace {

/// The distinct items of a batch.
graph::RowSet items_of(const Batch& batch) {
  graph::RowSet set;
  set.all = false;
  set.rows.assign(batch.positives.begin(), batch.positives.end());
  set.rows.insert(set.rows.end(), batch.negatives.begin(), batch.negatives.end());
  std::sort(set.rows.begin(), set.rows.end());
  set.rows.erase(std::unique(set.rows.begin(), set.rows.end()), set.rows.end());
  set.count = static_cast<Index>(set.rows.size());
  return set;
}

}  // namespace

Mario::Mario(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(options), graph_(&graph), tape_(pool), popularity_(detail::popularity_of(graph)) {
  detail::require_modalities("mario", dataset);
  detail::require_same_shape("mario", dataset, graph);
  detail::require_at_least("mario", "dim", static_cast<double>(options.dim), 1);
  detail::require_at_least("mario", "latent-dim", static_cast<double>(options.latent_dim), 1);
  detail::require_at_least("mario", "preservation", static_cast<double>(options.preservation), 0);
  detail::require_at_least("mario", "weight-decay", static_cast<double>(options.weight_decay), 0);
  const Index d = options.dim;
  const auto slabs = static_cast<Index>(dataset.modalities.size()) + 1;
  users_ = &parameters_.add_block(graph.num_users(), slabs * d);
  for (const data::Modality& modality : dataset.modalities) {
    const std::string& name = modality.name;
    const Index width = modality.features.cols();
    const auto first = static_cast<Index>(modalities_.size()) * d;
    modalities_.push_back(
        {name, modality.features.view(),
         detail::FeatureTable(modality.features.view(), options.features_dtype, options.features_layout),
         &parameters_.add_columns("user_preference." + name, *users_, first, d),
         &parameters_.add("projection." + name + ".weight", d, width),
         &parameters_.add_vector("projection." + name + ".bias", d),
         &parameters_.add("decoder." + name + ".weight", width, d),
         &parameters_.add_vector("decoder." + name + ".bias", width)});
  }
  user_ids_ = &parameters_.add_columns("cf.user", *users_, (slabs - 1) * d, d);
  item_ids_ = &parameters_.add("cf.item", graph.num_items(), d);
  attention_weight_ = &parameters_.add("attention.weight", options.latent_dim, d);
  attention_bias_ = &parameters_.add_vector("attention.bias", options.latent_dim);
  attention_vector_ = &parameters_.add_vector("attention.vector", options.latent_dim);
}

void Mario::initialise(Rng& rng) {
  for (const Modality& modality : modalities_) {
    detail::xavier_uniform(*modality.user, rng);
    detail::linear_uniform(*modality.weight, *modality.bias, rng);
    detail::linear_uniform(*modality.decoder, *modality.decoder_bias, rng);
  }
  detail::xavier_uniform(*user_ids_, rng);
  detail::xavier_uniform(*item_ids_, rng);
  detail::linear_uniform(*attention_weight_, *attention_bias_, rng);
  const double bound = 1.0 / std::sqrt(static_cast<double>(options_.latent_dim));
  for (float& w : attention_vector_->value.row_span(0)) w = static_cast<float>(rng.uniform(-bound, bound));
}

// q [I, (M+1) d]; with `rows` only those.
Var Mario::all_items(const graph::RowSet* rows) {
  std::vector<autograd::ProjectedModality> projected;
  for (const Modality& modality : modalities_) {
    projected.push_back(modality.table.with(tape_.parameter(modality.weight->value, modality.weight->grad),
                                            tape_.parameter(modality.bias->value, modality.bias->grad)));
  }
  return autograd::project(tape_, projected, false, tape_.parameter(item_ids_->value, item_ids_->grad), rows);
}

// λ_MP Σ_m (1 - cos(D_m q^m + c_m, f_m)), mean over the items.
Var Mario::preservation(Var item_rows, std::span<const std::int32_t> items) {
  const float factor = options_.preservation / static_cast<float>(items.size());
  std::vector<Var> terms;
  for (const Modality& modality : modalities_) {
    const Var decoder = tape_.parameter(modality.decoder->value, modality.decoder->grad);
    const Var bias = tape_.parameter(modality.decoder_bias->value, modality.decoder_bias->grad);
    const Var slab =
        autograd::slice_columns(tape_, item_rows, static_cast<Index>(terms.size()) * options_.dim, options_.dim);
    terms.push_back(autograd::cosine_distance(tape_, autograd::linear(tape_, slab, decoder, bias), modality.features,
                                              items, factor));
  }
  return autograd::add(tape_, terms);
}

LossParts Mario::compute_gradients(const Batch& batch) {
  tape_.clear();
  const graph::RowSet rows = items_of(batch);
  const Var items = all_items(&rows);
  const Var users = tape_.parameter(users_->value.view(), users_->grad.view());
  const autograd::ModalityAttentionVars attention{tape_.parameter(attention_weight_->value, attention_weight_->grad),
                                                  tape_.parameter(attention_bias_->value, attention_bias_->grad),
                                                  tape_.parameter(attention_vector_->value, attention_vector_->grad)};
  const detail::BatchRows of_batch = detail::gather_batch(tape_, users, items, batch);
  Var ranking =
      autograd::bpr_loss(tape_, autograd::modality_attention(tape_, of_batch.users, of_batch.positives, attention),
                         autograd::modality_attention(tape_, of_batch.users, of_batch.negatives, attention));
  if (options_.preservation > 0.0F) {
    std::vector<std::int32_t> both(batch.positives.begin(), batch.positives.end());
    both.insert(both.end(), batch.negatives.begin(), batch.negatives.end());
    ranking = autograd::add(tape_, ranking, preservation(autograd::gather_rows(tape_, items, both), both));
  } else {
    for (const Modality& modality : modalities_) {
      fill(modality.decoder->grad, 0.0F);
      fill(modality.decoder_bias->grad, 0.0F);
    }
  }
  return detail::run_backward(tape_, ranking, detail::regulariser(tape_, of_batch, Regulariser::squared),
                              options_.weight_decay);
}

Scoring Mario::scoring() {
  tape_.clear();
  tape_.set_recording(false);
  final_items_ = all_items(nullptr);
  tape_.set_recording(true);
  Scoring scoring = detail::dot_scoring(users_->value.view(), tape_.value(final_items_), *graph_, popularity_);
  scoring.kind = ScoreKind::pairwise;
  scoring.attention = {attention_weight_->value, attention_bias_->value.row_span(0),
                       attention_vector_->value.row_span(0)};
  return scoring;
}

std::vector<NamedTensor> Mario::artifact_tensors() {
  const auto items = tape_.value(final_items_);
  std::vector<NamedTensor> tensors;
  Index first = 0;
  for (const Modality& modality : modalities_) {
    tensors.push_back({"item_embedding." + modality.name, items.columns(first, options_.dim)});
    first += options_.dim;
  }
  tensors.push_back({"item_embedding.collaborative", items.columns(first, options_.dim)});
  return tensors;
}

ModelSettings Mario::defaults() {
  ModelSettings settings;
  settings.options.latent_dim = 16;
  settings.training.learning_rate = 1e-3;
  return settings;
}

std::span<const std::string_view> Mario::option_names() {
  static constexpr std::array<std::string_view, 6> kNames = {"dim",          "latent-dim",     "preservation",
                                                             "weight-decay", "features-dtype", "features-layout"};
  return kNames;
}

void Mario::take_sizes(ModelOptions& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "cf.user", 1);
  detail::take_size(options.latent_dim, parameters, "attention.weight", 0);
}

std::size_t Mario::training_bytes(const ModelOptions& options, const data::Dataset& dataset) {
  const Index d = options.dim;
  const auto slabs = static_cast<Index>(dataset.modalities.size()) + 1;
  // Users: value, gradient, two moments. Items: the id table, as many, and q of all modalities with its gradient.
  Index floats = 4 * dataset.num_users() * slabs * d + dataset.num_items() * d * (4 + 2 * slabs);
  floats += 4 * options.latent_dim * (d + 2);
  for (const data::Modality& modality : dataset.modalities) {
    const Index width = modality.features.cols();
    floats += 4 * (2 * width * d + d + width);
  }
  return static_cast<std::size_t>(floats) * sizeof(float) + detail::feature_copy_bytes(options, dataset);
}

}  // namespace monet::models
