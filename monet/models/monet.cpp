#include "monet/models/monet.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/project.h"
#include "monet/autograd/ops/rows_squared_norm.h"
#include "monet/autograd/ops/scale.h"
#include "monet/autograd/ops/target_attention.h"
#include "monet/core/error.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/grids.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/item_foldin.h"
#include "monet/models/detail/new_items.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/registry.h"

#include <array>
#include <cmath>
#include <utility>

namespace monet::models {

using autograd::Embeddings;
using autograd::Propagation;
using autograd::Tape;
using autograd::Var;

namespace {

Propagation propagation_of(Monet::Collaborative kind) {
  return kind == Monet::Collaborative::lightgcn ? Propagation::lightgcn : Propagation::megcn;
}

bool same_propagation(Monet::Encoder encoder, Monet::Collaborative collaborative) {
  using Encoder = Monet::Encoder;
  using Collaborative = Monet::Collaborative;
  return (encoder == Encoder::megcn && collaborative == Collaborative::megcn) ||
         (encoder == Encoder::lightgcn && collaborative == Collaborative::lightgcn);
}

}  // namespace

Monet::Monet(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& /*pool*/,
             double dense_share, std::string_view name)
    : name_(name),
      options_(option_set().checked(options, name)),
      dataset_(&dataset),
      graph_(&graph),
      joint_collaborative_(same_propagation(options.encoder, options.collaborative)) {
  detail::require_modalities(name, dataset);
  detail::require_same_shape(name, dataset, graph);
  encoder_ = propagation(options.encoder == Encoder::lightgcn ? Propagation::lightgcn : Propagation::megcn,
                         options.encoder == Encoder::none ? 0 : options.layers);
  collaborative_ = propagation(propagation_of(options.collaborative), options.layers);
  detail::require_softmax(name, options);
  if (options.similarity == ScoreSimilarity::branch_cosine && options.fusion != Fusion::concat) {
    fail<InvalidArgument>("[{}] similarity: branch-cosine needs `fusion` concat, which keeps branches apart", name);
  }
  add_parameters();
  if (options.loss == RankingLossKind::softmax) {
    softmax_.emplace(detail::softmax_options(options, num_slabs()), graph, parameters_);
  }
  const bool separate = options.collaborative != Collaborative::none && !joint_collaborative_;
  if (options.fusion == Fusion::concat && !separate && encoder_.layers > 0) {
    field_.emplace(graph, encoder_.layers, dense_share);
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
                            d, RowsOf::users);
  }
  for (const auto& modality : dataset_->modalities) {
    Parameter& weight = parameters_.add("projection." + modality.name + ".weight", d, modality.features.cols());
    Parameter& bias = parameters_.add_vector("projection." + modality.name + ".bias", d);
    detail::FeatureScaling scaled = scaling(modality.features.view());
    Matrix<float> own;
    if (!scaled.scale.empty()) own = detail::scaled(modality.features.view(), scaled);
    const MatrixView<const float> features = own.empty() ? modality.features.view() : own.view();
    modalities_.push_back({&modality, std::move(scaled), std::move(own),
                           detail::FeatureTable(features, options_.features_dtype, options_.features_layout), &weight,
                           &bias});
  }
  if (options_.collaborative != Collaborative::none) {
    cf_user_ = joint_collaborative_ ? &parameters_.add_columns("cf.user", *users_, num_modalities * d, d, RowsOf::users)
                                    : &parameters_.add("cf.user", graph_->num_users(), d, RowsOf::users);
    cf_item_ = &parameters_.add("cf.item", graph_->num_items(), d, RowsOf::items);
  }
  if (options_.fusion == Fusion::weighted_sum) fusion_weight_ = &parameters_.add_vector("fusion.weight", num_slabs());
  if (options_.fusion == Fusion::fc) {
    fusion_weight_ = &parameters_.add("fusion.fc.weight", d, num_slabs() * d);
    fusion_bias_ = &parameters_.add_vector("fusion.fc.bias", d);
  }
}

/// How a projection takes features; empty where they are the dataset's own.
detail::FeatureScaling Monet::scaling(MatrixView<const float> features) const {
  const bool on = detail::standardises(features, options_.standardise);
  if (!on && options_.loss == RankingLossKind::bpr) return {};
  return on ? detail::standardising(features) : detail::to_mean_length(features);
}

void Monet::initialise(Rng& rng) {
  for (const auto& modality : dataset_->modalities) {
    detail::xavier_uniform(*parameters_.find("user_preference." + modality.name), rng);
  }
  for (auto& part : modalities_) detail::linear_uniform(*part.weight, *part.bias, rng);
  if (cf_user_ != nullptr) {
    detail::xavier_uniform(*cf_user_, rng);
    detail::xavier_uniform(*cf_item_, rng);
    if (softmax_ && options_.denominator == Denominator::trained) detail::clear_new_items(*cf_item_, *graph_);
  }
  if (options_.fusion == Fusion::weighted_sum) {
    fill(fusion_weight_->value, static_cast<float>(1.0 / static_cast<double>(num_slabs())));
  }
  if (options_.fusion == Fusion::fc) detail::linear_uniform(*fusion_weight_, *fusion_bias_, rng);
}

Monet::Forward Monet::forward(Tape& tape, const graph::ReceptiveField* field, const Batch* regularised) {
  const auto var = [&](Parameter* p) { return p == nullptr ? Var{} : tape.parameter(p->value, p->grad); };
  const auto propagate = [&](const Embeddings& start, const autograd::PropagateOptions& how) {
    return autograd::propagate(tape, *graph_, start.users, start.items, how, field);
  };
  Forward out;
  std::vector<autograd::ProjectedModality> projected;
  for (const auto& part : modalities_) projected.push_back(part.features.with(var(part.weight), var(part.bias)));
  const Var cf_item = var(cf_item_);
  out.start.users = tape.parameter(users_->value.view(), users_->grad.view());
  const Var cf_user = cf_user_ != nullptr && !joint_collaborative_ ? var(cf_user_) : Var{};
  if (regularised != nullptr) {
    // Before what else reads the tables (batch_rows.h).
    const float factor = static_cast<float>(1.0 / static_cast<double>(regularised->users.size()));
    std::vector<Var> terms{autograd::rows_squared_norm(tape, out.start.users, regularised->users, factor)};
    if (cf_user.valid()) terms.push_back(autograd::rows_squared_norm(tape, cf_user, regularised->users, factor));
    if (cf_item.valid()) terms.push_back(autograd::rows_squared_norm(tape, cf_item, regularised->positives, factor));
    out.layer0 = autograd::add(tape, terms);
  }
  out.start.items =
      autograd::project(tape, projected, options_.normalize_features, joint_collaborative_ ? cf_item : Var{},
                        field == nullptr ? nullptr : &field->items(encoder_.layers));
  out.propagated = propagate(out.start, encoder_);
  if (cf_user_ != nullptr && !joint_collaborative_) {
    out.extra_start = {cf_user, cf_item};
    out.extra = propagate(out.extra_start, collaborative_);
  }
  out.fusion = {options_.fusion, options_.dim, var(fusion_weight_), var(fusion_bias_)};
  out.fused = {detail::fuse(tape, out.fusion, out.propagated.users, out.extra.users),
               detail::fuse(tape, out.fusion, out.propagated.items, out.extra.items)};
  return out;
}

Loss Monet::softmax_loss(Tape& tape, const Batch& batch) {
  const std::span<const std::int32_t> candidates = softmax_->choose(batch);
  if (field_) field_->build(batch.users, candidates, false);
  const Forward values = forward(tape, field_ ? &*field_ : nullptr, &batch);
  return detail::weighed(tape, softmax_->loss(tape, values.fused.users, values.fused.items, batch), values.layer0,
                         options_.weight_decay);
}

Loss Monet::loss(Tape& tape, const Batch& batch) {
  if (softmax_) return softmax_loss(tape, batch);
  if (field_) {
    batch_items_.assign(batch.positives.begin(), batch.positives.end());
    batch_items_.insert(batch_items_.end(), batch.negatives.begin(), batch.negatives.end());
    field_->build(batch.users, batch_items_, options_.target_aware);
  }
  const graph::ReceptiveField* field = field_ ? &*field_ : nullptr;
  const Forward values = forward(tape, field, nullptr);
  const auto loss = autograd::target_aware_bpr(
      tape, values.fused.users, values.fused.items, graph_->user_items(), batch.users, batch.positives, batch.negatives,
      {options_.target_aware, options_.beta, options_.exclude_target, options_.weight_decay}, field);
  return {
      loss.total,
      {loss.ranking + static_cast<double>(options_.weight_decay) * loss.regulariser, loss.ranking, loss.regulariser}};
}

Output Monet::output(Tape& tape, Detail detail) {
  const Forward values = forward(tape, nullptr, nullptr);
  Output out;
  if (softmax_) {
    softmax_->score(out, tape, values.fused.users, values.fused.items, detail);
  } else {
    const auto users = out.keep(tape, values.fused.users);
    const auto items = out.keep(tape, values.fused.items);
    detail::add_dot_scoring(out, users, items, *graph_);
  }
  if (options_.target_aware) {
    out.scoring.kind = scoring::ScoreKind::target_aware;
    out.scoring.beta = options_.beta;
  }
  if (detail == Detail::artifact) add_tensors(out, tape, values);
  return out;
}

void Monet::add_tensors(Output& out, Tape& tape, const Forward& values) const {
  const Index d = options_.dim;
  // Under the softmax loss scores are of rows that were given a length, and so are their parts.
  const bool parts = softmax_ && options_.fusion == Fusion::concat;
  const auto items = parts ? out.scoring.item_embedding : out.keep(tape, values.propagated.items);
  Index column = 0;
  for (const auto& modality : dataset_->modalities) {
    out.tensors.push_back({"item_embedding." + modality.name, items.columns(column, d)});
    column += d;
  }
  if (joint_collaborative_) out.tensors.push_back({"item_embedding.cf", items.columns(column, d)});
  if (values.extra.items.valid()) {
    out.tensors.push_back({"item_embedding.cf", parts ? items.columns(column, d) : out.keep(tape, values.extra.items)});
  }

  const auto foldin = options_.fusion == Fusion::fc ? std::nullopt : item_foldin(tape, values);
  if (foldin) out.tensors.push_back({"item_foldin", out.keep(tape, *foldin)});
  add_new_items(out, tape, values, foldin.has_value());
}

/// What items give to users never seen, joined as embeddings are; nothing where that cannot be said (Model::output).
std::optional<Var> Monet::item_foldin(Tape& tape, const Forward& values) const {
  const auto slabs = detail::item_foldin(tape, *graph_, values.start.users, values.start.items, encoder_);
  std::optional<Var> extra = Var{};
  if (values.extra.items.valid()) {
    extra = detail::item_foldin(tape, *graph_, values.extra_start.users, values.extra_start.items, collaborative_);
  }
  if (!slabs || !extra) return std::nullopt;
  const Var foldin = detail::fuse(tape, values.fusion, *slabs, *extra);
  const float factor = softmax_ ? softmax_->foldin_factor() : 1.0F;
  return factor == 1.0F ? foldin : autograd::scale(tape, foldin, factor);
}

/// Without neighbours a node keeps one share of its layer 0 at the end, and another is what it gives to new users. Ids
/// are 0, as those of items without interactions are under the softmax loss.
void Monet::add_new_items(Output& out, Tape& tape, const Forward& values, bool with_foldin) const {
  const Index d = options_.dim;
  const Index width = static_cast<Index>(modalities_.size()) * d;
  scoring::NewItemMap& map = out.new_items.emplace();
  map.unit_rows = options_.normalize_features;
  for (const ModalityPart& part : modalities_) {
    detail::add_modality(out, part.modality->name, part.weight->value, part.bias->value.row_span(0), part.scaling);
  }
  if (softmax_) softmax_->describe(map);
  const bool mean = encoder_.kind == Propagation::lightgcn;
  const double layers = encoder_.layers;
  const double alpha = options_.alpha;
  const double kept = mean ? 1.0 / (layers + 1.0) : std::pow(alpha, layers);
  const double given = encoder_.layers == 0 ? 0.0 : mean ? kept : layers * std::pow(alpha, layers - 1.0);
  const double length = softmax_ ? static_cast<double>(softmax_->foldin_factor()) : 1.0;

  // Fusion is linear, but for a bias: what it makes of each column alone.
  const Matrix<float> slabs = detail::units(width, joint_collaborative_ ? width + d : width);
  const Matrix<float> none = Matrix<float>::zeros(width, d);
  detail::FusionVars fusion = values.fusion;
  if (fusion_bias_ != nullptr) fusion.bias = tape.constant(none.view().row_range(0, 1));
  const Var extra = values.extra.items.valid() ? tape.constant(none.view()) : Var{};
  const auto fused = tape.value(detail::fuse(tape, fusion, tape.constant(slabs.view()), extra));
  std::vector<float> bias;
  if (fusion_bias_ != nullptr) {
    for (const float b : fusion_bias_->value.row_span(0)) bias.push_back(static_cast<float>(length) * b);
  }
  detail::add_table(out, "item_embedding", fused, kept * length, std::move(bias));
  if (with_foldin) detail::add_table(out, "item_foldin", fused, given * length);
  if (options_.fusion == Fusion::concat) return;  // modalities are columns of item_embedding
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    const auto own = slabs.view().columns(static_cast<Index>(m) * d, d);
    detail::add_table(out, "item_embedding." + modalities_[m].modality->name, own, kept);
  }
  if (cf_item_ != nullptr) detail::add_table(out, "item_embedding.cf", none.view(), 0.0);
}

std::span<const double> Monet::popularity_weights() const {
  return softmax_ ? softmax_->popularity_weights() : Model::popularity_weights();
}

StepWork Monet::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(*graph_, batch);
  StepWork work;
  for (const ModalityPart& part : modalities_) {
    work.products.push_back({sizes.items, part.features.width(), options_.dim, false, true});
  }
  if (softmax_) {
    const Index slabs = options_.fusion == Fusion::concat ? num_slabs() : 1;
    work.products.push_back(softmax_->step_work(batch, slabs * options_.dim).products.front());
    work.gathers.push_back(
        {4.0 * static_cast<double>(graph_->num_edges()) * options_.layers, options_.dim * num_slabs(), sizes.nodes});
    return work;
  }
  work.gathers.push_back({detail::field_gathers(*graph_, options_.layers, true, batch, kDenseShare, kDenseShare),
                          options_.dim * static_cast<Index>(modalities_.size()), sizes.nodes});
  return work;
}

const OptionSet<Monet::Options>& Monet::option_set() {
  static const auto set = described(Options());
  return set;
}

OptionSet<Monet::Options> Monet::described(const Options& defaults) {
  OptionSet<Options> s(defaults);
  describe::dim(s, &Options::dim, "width of the embeddings of each modality");
  describe::layers(s, &Options::layers);
  s.number("alpha", &Options::alpha, 0, describe::kLargestFloat, "weight of the self-connection (Eq. 3)");
  s.number("beta", &Options::beta, 0, 1, "share of the target-oriented score (Eq. 6)");
  describe::weight_decay(s, &Options::weight_decay);
  s.word<Encoder>("encoder", &Options::encoder,
                  {{"megcn", Encoder::megcn}, {"lightgcn", Encoder::lightgcn}, {"none", Encoder::none}},
                  "how modalities are propagated");
  s.word<Fusion>(
      "fusion", &Options::fusion,
      {{"concat", Fusion::concat}, {"sum", Fusion::sum}, {"weighted-sum", Fusion::weighted_sum}, {"fc", Fusion::fc}},
      "how the modalities' embeddings become one");
  s.word<Collaborative>(
      "collaborative", &Options::collaborative,
      {{"none", Collaborative::none}, {"lightgcn", Collaborative::lightgcn}, {"megcn", Collaborative::megcn}},
      "an extra pair of id embeddings, and how it is propagated");
  s.toggle("target-aware", &Options::target_aware, "target-aware attention (Eq. 4-6)");
  s.toggle("normalize-features", &Options::normalize_features, "divide projected features by their norm");
  s.toggle("normalize-self", &Options::normalize_self, "normalised self-connection (the paper's footnote 9)");
  s.toggle("exclude-target", &Options::exclude_target, "leave the positive item out of its own attention in training");
  describe::features(s, &Options::features_dtype, &Options::features_layout);
  s.word<detail::FeatureScale>(
      "standardise", &Options::standardise,
      {{"auto", detail::FeatureScale::automatic}, {"off", detail::FeatureScale::off}, {"on", detail::FeatureScale::on}},
      "columns of features get mean 0 and deviation 1; auto: of modalities whose columns vary alike");
  describe::softmax(s);
  return s;
}

void Monet::take_sizes(Options& options, const TensorShapes& parameters) {
  const auto table = parameters.lower_bound("user_preference.");
  if (table != parameters.end() && table->first.starts_with("user_preference.") && table->second.size() == 2) {
    options.dim = table->second[1];
  }
}

std::size_t Monet::training_bytes(const Options& options, const data::Dataset& dataset) {
  const auto rows = static_cast<double>(dataset.num_users() + dataset.num_items());
  const double slabs =
      static_cast<double>(dataset.modalities.size()) + (options.collaborative == Collaborative::none ? 0.0 : 1.0);
  // Parameters, gradients, two moments and activations: six tables [U + I, D] between them.
  double bytes = 6.0 * 4.0 * rows * slabs * static_cast<double>(options.dim);
  const double copy = options.features_dtype == FeaturesDtype::bf16 ? 0.5 : 1.0;
  if (options.loss == RankingLossKind::softmax) {
    bytes += static_cast<double>(detail::softmax_bytes(dataset, static_cast<Index>(slabs) * options.dim));
  }
  const bool prepared = options.standardise != detail::FeatureScale::off || options.loss == RankingLossKind::softmax;
  const double copies = (prepared ? 1.0 : 0.0) + (options.features_dtype == FeaturesDtype::bf16 ? copy : 0.0) +
                        (options.features_layout == FeaturesLayout::both ? copy : 0.0);
  for (const auto& modality : dataset.modalities) {
    bytes += copies * 4.0 * static_cast<double>(modality.features.size());
    // W_m with its gradient, moments and the workers' sums.
    bytes += 6.0 * 4.0 * static_cast<double>(modality.features.cols() * options.dim);
  }
  return static_cast<std::size_t>(bytes);
}

const Registration& monet_registration() {
  static const Registration entry =
      registration_of<Monet>({"modality-embracing graph convolution and target-aware attention (the paper's method)",
                              {},
                              {{"learning-rate", detail::rates()},
                               {"weight-decay", detail::weight_decays()},
                               {"layers", detail::layer_counts()}},
                              true,
                              {Setting{{"learning-rate", "0.0005"}, {"target-aware", "off"}, {"popularity", "auto"}},
                               Setting{{"learning-rate", "0.001"}},
                               Setting{{"learning-rate", "0.0005"}, {"alpha", "0"}, {"popularity", "auto"}}}});
  return entry;
}

}  // namespace monet::models
