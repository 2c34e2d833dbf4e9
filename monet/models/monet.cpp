#include "monet/models/monet.h"

#include "monet/autograd/ops/project.h"
#include "monet/autograd/ops/target_attention.h"
#include "monet/core/error.h"
#include "monet/models/detail/item_foldin.h"

#include <cmath>

namespace monet::models {

using autograd::Embeddings;
using autograd::Propagation;
using autograd::Var;

namespace {

void check(const ModelOptions& o, const data::Dataset& dataset, const graph::Bipartite& graph) {
  if (dataset.modalities.empty()) {
    fail<DataError>(
        "[monet] needs at least one modality, and dataset {} has none: put features of the items beside the "
        "interactions as NAME_feat.npy (one row for each item), or choose a model that works without",
        dataset.name);
  }
  for (const auto& modality : dataset.modalities) {
    if (modality.features.rows() != dataset.num_items()) {
      fail<DataError>("[monet] modality {} has {} rows, the dataset {} items", modality.name, modality.features.rows(),
                      dataset.num_items());
    }
  }
  if (graph.num_users() != dataset.num_users() || graph.num_items() != dataset.num_items()) {
    fail<InvalidArgument>("[monet] the graph has {} users and {} items, the dataset {} and {}", graph.num_users(),
                          graph.num_items(), dataset.num_users(), dataset.num_items());
  }
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

void draw(Parameter& parameter, double bound, Rng& rng) {
  for (Index r = 0; r < parameter.value.rows; ++r) {
    for (float& v : parameter.value.row_span(r)) v = static_cast<float>(rng.uniform(-bound, bound));
  }
}

/// Xavier-uniform for a table.
void draw_table(Parameter& table, Rng& rng) {
  draw(table, std::sqrt(6.0 / static_cast<double>(table.value.rows + table.value.cols)), rng);
}

/// Weight and bias of a linear map, ±1/√(input width).
void draw_map(Parameter& weight, Parameter& bias, Rng& rng) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(weight.value.cols));
  draw(weight, bound, rng);
  draw(bias, bound, rng);
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
  popularity_.reserve(static_cast<std::size_t>(graph.num_items()));
  for (Index i = 0; i < graph.num_items(); ++i) {
    popularity_.push_back(static_cast<float>(graph.item_users().degree(i)));
  }
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
    draw_table(*parameters_.find("user_preference." + modality.name), rng);
  }
  for (auto& part : modalities_) draw_map(*part.weight, *part.bias, rng);
  if (cf_user_ != nullptr) {
    draw_table(*cf_user_, rng);
    draw_table(*cf_item_, rng);
  }
  if (options_.fusion == Fusion::weighted_sum) {
    fill(fusion_weight_->value, static_cast<float>(1.0 / static_cast<double>(num_slabs())));
  }
  if (options_.fusion == Fusion::fc) draw_map(*fusion_weight_, *fusion_bias_, rng);
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

std::size_t Monet::training_bytes() const {
  const Index users = graph_->num_users();
  const Index items = graph_->num_items();
  const Index width = users_->value.cols();
  // Value, gradient and the optimiser's two moments.
  Index floats = 4 * parameters_.size();
  // Layer 0 of the items with its gradient; two outputs of propagation with their gradients and as many inner layers.
  floats += 2 * items * width + 3 * (users + items) * width;
  // The product before its normalisation, and its gradient.
  floats += 2 * items * options_.dim;
  if (options_.fusion != Fusion::concat || (cf_user_ != nullptr && !joint_collaborative_)) {
    // Pieces or the joined matrix, and the fused result, with gradients; the other propagation.
    floats += 2 * (users + items) * (num_slabs() + 1) * options_.dim + 3 * (users + items) * options_.dim;
  }
  std::size_t bytes = static_cast<std::size_t>(floats) * sizeof(float);
  for (const auto& part : modalities_) bytes += part.features.bytes();
  return bytes;
}

}  // namespace monet::models
