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
#include "monet/models/detail/grids.h"
#include "monet/models/detail/initialise.h"
#include "monet/models/detail/new_items.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/registry.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace monet::models {

using autograd::Tape;
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

Mario::Mario(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& /*pool*/)
    : options_(option_set().checked(options, kName)), graph_(&graph) {
  detail::require_modalities(kName, dataset);
  detail::require_same_shape(kName, dataset, graph);
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
         &parameters_.add_columns("user_preference." + name, *users_, first, d, RowsOf::users),
         &parameters_.add("projection." + name + ".weight", d, width),
         &parameters_.add_vector("projection." + name + ".bias", d),
         &parameters_.add("decoder." + name + ".weight", width, d),
         &parameters_.add_vector("decoder." + name + ".bias", width)});
  }
  user_ids_ = &parameters_.add_columns("cf.user", *users_, (slabs - 1) * d, d, RowsOf::users);
  item_ids_ = &parameters_.add("cf.item", graph.num_items(), d, RowsOf::items);
  attention_weight_ = &parameters_.add("attention.weight", options.attention_dim, d);
  attention_bias_ = &parameters_.add_vector("attention.bias", options.attention_dim);
  attention_vector_ = &parameters_.add_vector("attention.vector", options.attention_dim);
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
  const double bound = 1.0 / std::sqrt(static_cast<double>(options_.attention_dim));
  for (float& w : attention_vector_->value.row_span(0)) w = static_cast<float>(rng.uniform(-bound, bound));
}

// q [I, (M+1) d]; with `rows` only those.
Var Mario::all_items(Tape& tape, const graph::RowSet* rows) {
  std::vector<autograd::ProjectedModality> projected;
  for (const Modality& modality : modalities_) {
    projected.push_back(modality.table.with(tape.parameter(modality.weight->value, modality.weight->grad),
                                            tape.parameter(modality.bias->value, modality.bias->grad)));
  }
  return autograd::project(tape, projected, false, tape.parameter(item_ids_->value, item_ids_->grad), rows);
}

// λ_MP Σ_m (1 - cos(D_m q^m + c_m, f_m)), mean over the items.
Var Mario::preservation(Tape& tape, Var item_rows, std::span<const std::int32_t> items) {
  const float factor = options_.preservation / static_cast<float>(items.size());
  std::vector<Var> terms;
  for (const Modality& modality : modalities_) {
    const Var decoder = tape.parameter(modality.decoder->value, modality.decoder->grad);
    const Var bias = tape.parameter(modality.decoder_bias->value, modality.decoder_bias->grad);
    const Var slab =
        autograd::slice_columns(tape, item_rows, static_cast<Index>(terms.size()) * options_.dim, options_.dim);
    terms.push_back(
        autograd::cosine_distance(tape, autograd::linear(tape, slab, decoder, bias), modality.features, items, factor));
  }
  return autograd::add(tape, terms);
}

Loss Mario::loss(Tape& tape, const Batch& batch) {
  const graph::RowSet& rows = tape.keep(items_of(batch));
  const Var items = all_items(tape, &rows);
  const Var users = tape.parameter(users_->value.view(), users_->grad.view());
  const autograd::ModalityAttentionVars attention{tape.parameter(attention_weight_->value, attention_weight_->grad),
                                                  tape.parameter(attention_bias_->value, attention_bias_->grad),
                                                  tape.parameter(attention_vector_->value, attention_vector_->grad)};
  const detail::BatchRows of_batch = detail::gather_batch(tape, users, items, batch);
  Var ranking =
      autograd::bpr_loss(tape, autograd::modality_attention(tape, of_batch.users, of_batch.positives, attention),
                         autograd::modality_attention(tape, of_batch.users, of_batch.negatives, attention));
  if (options_.preservation > 0.0F) {
    std::vector<std::int32_t> both(batch.positives.begin(), batch.positives.end());
    both.insert(both.end(), batch.negatives.begin(), batch.negatives.end());
    ranking = autograd::add(tape, ranking, preservation(tape, autograd::gather_rows(tape, items, both), both));
  } else {
    for (const Modality& modality : modalities_) {
      fill(modality.decoder->grad, 0.0F);
      fill(modality.decoder_bias->grad, 0.0F);
    }
  }
  return detail::weighed(tape, ranking, detail::regulariser(tape, of_batch, Regulariser::squared),
                         options_.weight_decay);
}

Output Mario::output(Tape& tape, Detail detail) {
  Output out;
  const auto items = out.keep(tape, all_items(tape, nullptr));
  const auto& users = out.keep(Matrix<float>::copy_of(users_->value.view()));
  detail::add_dot_scoring(out, users.view(), items, *graph_);
  const auto kept = [&](const Parameter* p) { return out.keep(Matrix<float>::copy_of(p->value)).view(); };
  out.scoring.kind = scoring::ScoreKind::pairwise;
  out.scoring.attention = {kept(attention_weight_), kept(attention_bias_).row_span(0),
                           kept(attention_vector_).row_span(0)};
  if (detail == Detail::artifact) {
    Index first = 0;
    for (const Modality& modality : modalities_) {
      out.tensors.push_back({"item_embedding." + modality.name, items.columns(first, options_.dim)});
      first += options_.dim;
    }
    out.tensors.push_back({"item_embedding.collaborative", items.columns(first, options_.dim)});
    // The id of a new item is 0.
    out.new_items.emplace();
    for (const Modality& modality : modalities_) {
      detail::add_modality(out, modality.name, modality.weight->value, modality.bias->value.row_span(0), {});
    }
    detail::add_table(out, "item_embedding", detail::units(first, first + options_.dim).view(), 1.0);
  }
  return out;
}

StepWork Mario::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(*graph_, batch);
  const auto rows = static_cast<Index>(2 * batch.users.size());
  const auto slabs = static_cast<Index>(modalities_.size()) + 1;
  StepWork work;
  for (const Modality& modality : modalities_) {
    const Index width = modality.features.cols;
    work.products.push_back({sizes.num_batch_items(), width, options_.dim, false, true});
    work.products.push_back({rows, options_.dim, width});
    work.gathers.push_back({static_cast<double>(rows), width, sizes.items});
  }
  work.products.push_back({rows * slabs, options_.dim, options_.attention_dim});
  work.gathers.push_back({3.0 * static_cast<double>(rows), slabs * options_.dim, sizes.nodes});
  return work;
}

const OptionSet<Mario::Options>& Mario::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim, "width of the embeddings of each modality");
    s.whole("attention-dim", &Options::attention_dim, 1, describe::kMostDimensions, "width of the attention");
    s.number("preservation", &Options::preservation, 0, describe::kLargestFloat,
             "weight of the modality-preserving loss");
    describe::weight_decay(s, &Options::weight_decay);
    describe::features(s, &Options::features_dtype, &Options::features_layout);
    return s;
  }();
  return set;
}

void Mario::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "cf.user", 1);
  detail::take_size(options.attention_dim, parameters, "attention.weight", 0);
}

std::size_t Mario::training_bytes(const Options& options, const data::Dataset& dataset) {
  const Index d = options.dim;
  const auto slabs = static_cast<Index>(dataset.modalities.size()) + 1;
  // Users: value, gradient, two moments. Items: the id table, as many, and q of all modalities with its gradient.
  Index floats = 4 * dataset.num_users() * slabs * d + dataset.num_items() * d * (4 + 2 * slabs);
  floats += 4 * options.attention_dim * (d + 2);
  for (const data::Modality& modality : dataset.modalities) {
    const Index width = modality.features.cols();
    floats += 4 * (2 * width * d + d + width);
  }
  return static_cast<std::size_t>(floats) * sizeof(float) +
         detail::feature_copy_bytes(options.features_dtype, options.features_layout, dataset);
}

const Registration& mario_registration() {
  static const Registration entry =
      registration_of<Mario>({"attention over modalities for each interaction, with features kept recoverable",
                              {.learning_rate = 1e-3},
                              // MONET's ranges, and the weight of the loss that the method is about.
                              {{"learning-rate", detail::rates()},
                               {"weight-decay", detail::weight_decays()},
                               {"preservation", {"0.01", "0.1", "1"}}}});
  return entry;
}

}  // namespace monet::models
