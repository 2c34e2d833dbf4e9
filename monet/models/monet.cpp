#include "monet/models/monet.h"

#include "monet/autograd/ops/project.h"
#include "monet/autograd/ops/target_attention.h"
#include "monet/core/error.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/item_foldin.h"

#include <array>
#include <cmath>

namespace monet::models {

using autograd::Embeddings;
using autograd::Propagation;
using autograd::Var;

namespace {

void check(const ModelOptions& o, const data::Dataset& dataset, const graph::Bipartite& graph) {
  detail::require_modalities("monet", dataset);
  detail::require_same_shape("monet", dataset, graph);
  if (o.dim < 1) fail<InvalidArgument>("[monet] dim is {}; it must be at least 1", o.dim);
  if (o.layers < 0) fail<InvalidArgument>("[monet] layers is {}; it must not be negative", o.layers);
  if (!(o.alpha >= 0.0F) || std::isinf(o.alpha)) {
    fail<InvalidArgument>("[monet] alpha is {}; it must be a number that is not negative", o.alpha);
  }
  if (!(o.beta >= 0.0F && o.beta <= 1.0F)) fail<InvalidArgument>("[monet] beta is {}; it must lie in [0, 1]", o.beta);
  if (!(o.weight_decay >= 0.0F) || std::isinf(o.weight_decay)) {
    fail<InvalidArgument>("[monet] weight_decay is {}; it must be a number that is not negative", o.weight_decay);
  }
}

Propagation propagation_of(Collaborative kind) {
  return kind == Collaborative::lightgcn ? Propagation::lightgcn : Propagation::megcn;
}

bool same_propagation(Encoder encoder, Collaborative collaborative) {
  return (encoder == Encoder::megcn && collaborative == Collaborative::megcn) ||
         (encoder == Encoder::lightgcn && collaborative == Collaborative::lightgcn);
}

}  // namespace

Monet::Monet(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool,
             double dense_share)
    : options_(options),
      dataset_(&dataset),
      graph_(&graph),
      joint_collaborative_(same_propagation(options.encoder, options.collaborative)),
      tape_(pool) {
  check(options, dataset, graph);
  encoder_ = propagation(options.encoder == Encoder::lightgcn ? Propagation::lightgcn : Propagation::megcn,
                         options.encoder == Encoder::none ? 0 : options.layers);
  collaborative_ = propagation(propagation_of(options.collaborative), options.layers);
  add_parameters();
  const bool separate = options.collaborative != Collaborative::none && !joint_collaborative_;
  if (options.fusion == Fusion::concat && !separate && encoder_.layers > 0) {
    field_.emplace(graph, encoder_.layers, dense_share);
  }
  popularity_ = detail::popularity_of(graph);
}

autograd::PropagateOptions Monet::propagation(Propagation kind, int layers) const {
  return {kind, layers, options_.alpha, options_.normalize_self};
}

Index Monet::num_slabs() const {
  return static_cast<Index>(dataset_->modalities.size()) + (options_.collaborative == Collaborative::none ? 0 : 1);
}

void Monet::add_parameters() {
  const Index d = options_.dim;
  const auto num_modalities = static_cast<Index>(dataset_->modalities.size());
  users_ = &parameters_.add_block(graph_->num_users(), (num_modalities + (joint_collaborative_ ? 1 : 0)) * d);
  for (Index m = 0; m < num_modalities; ++m) {
    parameters_.add_columns("user_preference." + dataset_->modalities[static_cast<std::size_t>(m)].name, *users_, m * d,
                            d);
  }
  for (const auto& modality : dataset_->modalities) {
    Parameter& weight = parameters_.add("projection." + modality.name + ".weight", d, modality.features.cols());
    Parameter& bias = parameters_.add_vector("projection." + modality.name + ".bias", d);
    modalities_.push_back(
        {&modality, detail::FeatureTable(modality.features.view(), options_.features_dtype, options_.features_layout),
         &weight, &bias});
  }
  if (options_.collaborative != Collaborative::none) {
    cf_user_ = joint_collaborative_ ? &parameters_.add_columns("cf.user", *users_, num_modalities * d, d)
                                    : &parameters_.add("cf.user", graph_->num_users(), d);
    cf_item_ = &parameters_.add("cf.item", graph_->num_items(), d);
  }
  if (options_.fusion == Fusion::weighted_sum) fusion_weight_ = &parameters_.add_vector("fusion.weight", num_slabs());
  if (options_.fusion == Fusion::fc) {
    fusion_weight_ = &parameters_.add("fusion.fc.weight", d, num_slabs() * d);
    fusion_bias_ = &parameters_.add_vector("fusion.fc.bias", d);
  }
}

void Monet::initialise(Rng& rng) {
  for (const auto& modality : dataset_->modalities) {
    detail::xavier_uniform(*parameters_.find("user_preference." + modality.name), rng);
  }
  for (auto& part : modalities_) detail::linear_uniform(*part.weight, *part.bias, rng);
  if (cf_user_ != nullptr) {
    detail::xavier_uniform(*cf_user_, rng);
    detail::xavier_uniform(*cf_item_, rng);
  }
  if (options_.fusion == Fusion::weighted_sum) {
    fill(fusion_weight_->value, static_cast<float>(1.0 / static_cast<double>(num_slabs())));
  }
  if (options_.fusion == Fusion::fc) detail::linear_uniform(*fusion_weight_, *fusion_bias_, rng);
}

Monet::Forward Monet::forward(const graph::ReceptiveField* field) {
  const auto var = [this](Parameter* p) { return p == nullptr ? Var{} : tape_.parameter(p->value, p->grad); };
  const auto propagate = [&](const Embeddings& start, const autograd::PropagateOptions& how) {
    return autograd::propagate(tape_, *graph_, start.users, start.items, how, field);
  };
  Forward out;
  std::vector<autograd::ProjectedModality> projected;
  for (const auto& part : modalities_) projected.push_back(part.features.with(var(part.weight), var(part.bias)));
  const Var cf_item = var(cf_item_);
  out.start.users = tape_.parameter(users_->value.view(), users_->grad.view());
  out.start.items =
      autograd::project(tape_, projected, options_.normalize_features, joint_collaborative_ ? cf_item : Var{},
                        field == nullptr ? nullptr : &field->items(encoder_.layers));
  out.propagated = propagate(out.start, encoder_);
  if (cf_user_ != nullptr && !joint_collaborative_) {
    out.extra_start = {var(cf_user_), cf_item};
    out.extra = propagate(out.extra_start, collaborative_);
  }
  out.fusion = {options_.fusion, options_.dim, var(fusion_weight_), var(fusion_bias_)};
  out.fused = {detail::fuse(tape_, out.fusion, out.propagated.users, out.extra.users),
               detail::fuse(tape_, out.fusion, out.propagated.items, out.extra.items)};
  return out;
}

LossParts Monet::compute_gradients(const Batch& batch) {
  tape_.clear();
  if (field_) {
    batch_items_.assign(batch.positives.begin(), batch.positives.end());
    batch_items_.insert(batch_items_.end(), batch.negatives.begin(), batch.negatives.end());
    field_->build(batch.users, batch_items_, options_.target_aware);
  }
  const graph::ReceptiveField* field = field_ ? &*field_ : nullptr;
  const Forward values = forward(field);
  const auto loss = autograd::target_aware_bpr(
      tape_, values.fused.users, values.fused.items, graph_->user_items(), batch.users, batch.positives,
      batch.negatives, {options_.target_aware, options_.beta, options_.exclude_target, options_.weight_decay}, field);
  tape_.backward(loss.total);
  return {loss.ranking + static_cast<double>(options_.weight_decay) * loss.regulariser, loss.ranking, loss.regulariser};
}

Scoring Monet::scoring() {
  tape_.clear();
  tape_.set_recording(false);
  scored_ = forward(nullptr);
  tape_.set_recording(true);
  Scoring out;
  out.kind = options_.target_aware ? ScoreKind::target_aware : ScoreKind::dot;
  out.beta = options_.target_aware ? options_.beta : 0.0F;
  out.user_embedding = tape_.value(scored_.fused.users);
  out.item_embedding = tape_.value(scored_.fused.items);
  out.history = graph_->user_items().view();
  out.item_popularity = popularity_;
  return out;
}

std::vector<NamedTensor> Monet::artifact_tensors() {
  std::vector<NamedTensor> out;
  const Index d = options_.dim;
  const auto items = tape_.value(scored_.propagated.items);
  Index column = 0;
  for (const auto& modality : dataset_->modalities) {
    out.push_back({"item_embedding." + modality.name, items.columns(column, d)});
    column += d;
  }
  if (joint_collaborative_) out.push_back({"item_embedding.cf", items.columns(column, d)});
  if (scored_.extra.items.valid()) out.push_back({"item_embedding.cf", tape_.value(scored_.extra.items)});

  if (options_.fusion == Fusion::fc) return out;
  tape_.set_recording(false);
  const auto slabs = detail::item_foldin(tape_, *graph_, scored_.start.users, scored_.start.items, encoder_);
  std::optional<Var> extra = Var{};
  if (scored_.extra.items.valid()) {
    extra = detail::item_foldin(tape_, *graph_, scored_.extra_start.users, scored_.extra_start.items, collaborative_);
  }
  if (slabs && extra) {
    out.push_back({"item_foldin", tape_.value(detail::fuse(tape_, scored_.fusion, *slabs, *extra))});
  }
  tape_.set_recording(true);
  return out;
}

ModelSettings Monet::defaults() {
  return {};
}

std::span<const std::string_view> Monet::option_names() {
  static constexpr std::array<std::string_view, 14> kNames = {"dim",
                                                              "layers",
                                                              "alpha",
                                                              "beta",
                                                              "weight-decay",
                                                              "encoder",
                                                              "fusion",
                                                              "collaborative",
                                                              "target-aware",
                                                              "normalize-features",
                                                              "normalize-self",
                                                              "exclude-target",
                                                              "features-dtype",
                                                              "features-layout"};
  return kNames;
}

void Monet::take_sizes(ModelOptions& options, const TensorShapes& parameters) {
  const auto table = parameters.lower_bound("user_preference.");
  if (table != parameters.end() && table->first.starts_with("user_preference.") && table->second.size() == 2) {
    options.dim = table->second[1];
  }
}

std::size_t Monet::training_bytes(const ModelOptions& options, const data::Dataset& dataset) {
  const auto rows = static_cast<double>(dataset.num_users() + dataset.num_items());
  const double slabs =
      static_cast<double>(dataset.modalities.size()) + (options.collaborative == Collaborative::none ? 0.0 : 1.0);
  // Parameters, gradients, two moments and activations: six tables [U + I, D] between them.
  double bytes = 6.0 * 4.0 * rows * slabs * static_cast<double>(options.dim);
  const double copy = options.features_dtype == FeaturesDtype::bf16 ? 0.5 : 1.0;
  const double copies = (options.features_dtype == FeaturesDtype::bf16 ? copy : 0.0) +
                        (options.features_layout == FeaturesLayout::both ? copy : 0.0);
  for (const auto& modality : dataset.modalities) {
    bytes += copies * 4.0 * static_cast<double>(modality.features.size());
    // W_m with its gradient, moments and the workers' sums.
    bytes += 6.0 * 4.0 * static_cast<double>(modality.features.cols() * options.dim);
  }
  return static_cast<std::size_t>(bytes);
}

}  // namespace monet::models
