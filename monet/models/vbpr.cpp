#include "monet/models/vbpr.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/gather_rows.h"
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
#include <utility>
#include <vector>

namespace monet::models {

using autograd::Tape;
using autograd::Var;

namespace {

constexpr double kFloor = 1e-10;  // inside the logarithm, as in MMRec's loss
// When a batch's items are more than one in so many of all, whole passes over the features are faster than listed rows.
constexpr Index kListedShare = 2;

/// Text first, then the dataset's order.
std::vector<const data::Modality*> in_order(const data::Dataset& dataset) {
  std::vector<const data::Modality*> out;
  for (const auto& modality : dataset.modalities) out.push_back(&modality);
  std::stable_partition(out.begin(), out.end(), [](const data::Modality* m) { return m->name == "text"; });
  return out;
}

Index total_width(const data::Dataset& dataset) {
  Index width = 0;
  for (const auto& modality : dataset.modalities) width += modality.features.cols();
  return width;
}

}  // namespace

Vbpr::Vbpr(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& /*pool*/)
    : options_(option_set().checked(options, kName)), graph_(&graph), zeros_(Matrix<float>::zeros(1, options.dim + 1)) {
  detail::require_modalities(kName, dataset);
  detail::require_same_shape(kName, dataset, graph);
  const Index features = total_width(dataset);
  users_ = &parameters_.add("u_embedding", graph.num_users(), 2 * options.dim, RowsOf::users);
  ids_ = &parameters_.add("i_embedding", graph.num_items(), options.dim, RowsOf::items);
  weights_ = &parameters_.add_block(slab_width(), features);
  weight_ = &parameters_.add_rows("item_linear.weight", *weights_, 0, options.dim);
  bias_ = &parameters_.add_vector("item_linear.bias", options.dim);
  if (options.biases) {
    parameters_.add_rows("visual_bias.weight", *weights_, options.dim, 1);
    item_bias_ = &parameters_.add("item_bias", graph.num_items(), 1, RowsOf::items);
  }
  Index first_col = 0;
  for (const data::Modality* modality : in_order(dataset)) {
    modalities_.push_back({modality, first_col,
                           detail::FeatureTable(modality->features, options.features_dtype, options.features_layout)});
    first_col += modality->features.cols();
  }
}

void Vbpr::initialise(Rng& rng) {
  for (auto& block : parameters_.blocks()) fill(block.value.view(), 0.0F);
  detail::xavier_uniform(*users_, rng);
  detail::xavier_uniform(*ids_, rng);
  detail::xavier_normal(*weight_, rng);
}

Vbpr::Vars Vbpr::on_tape(Tape& tape) {
  const auto parameter = [&](const Parameter* p) { return tape.parameter(p->value, p->grad); };
  Vars out;
  out.users = parameter(users_);
  out.ids = parameter(ids_);
  out.bias = parameter(bias_);
  if (options_.biases) {
    out.item_bias = parameter(item_bias_);
    out.bias = autograd::concat_columns(tape, std::array{out.bias, tape.constant(zeros_.view().columns(0, 1))});
  }
  for (const ModalityPart& part : modalities_) {
    const Index width = part.features.width();
    out.weights.push_back(tape.parameter(weights_->value.view().columns(part.first_col, width),
                                         weights_->grad.view().columns(part.first_col, width)));
  }
  return out;
}

Var Vbpr::project(Tape& tape, const Vars& vars, bool with_bias, const graph::RowSet* rows) {
  const Var none = tape.constant(zeros_.view().columns(0, slab_width()));
  std::vector<autograd::ProjectedModality> parts;
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    parts.push_back(modalities_[m].features.with(vars.weights[m], m == 0 && with_bias ? vars.bias : none));
  }
  return autograd::project(tape, parts, false, {}, rows);
}

Vbpr::ItemRows Vbpr::item_rows(Tape& tape, const Vars& vars, Var projected, std::span<const std::int32_t> items) {
  const Index width = slab_width();
  const Var slabs = autograd::gather_rows(tape, projected, items);
  Var content = slabs;
  if (modalities_.size() > 1) {
    std::vector<Var> parts;
    for (std::size_t m = 0; m < modalities_.size(); ++m) {
      parts.push_back(autograd::slice_columns(tape, slabs, static_cast<Index>(m) * width, width));
    }
    content = autograd::add(tape, parts);
  }
  const Var ids = autograd::gather_rows(tape, vars.ids, items);
  if (!options_.biases) return {autograd::concat_columns(tape, std::array{ids, content}), ids};
  const Var item_bias = autograd::gather_rows(tape, vars.item_bias, items);
  const Var bias = autograd::add(tape, item_bias, autograd::slice_columns(tape, content, options_.dim, 1));
  const Var visual = autograd::slice_columns(tape, content, 0, options_.dim);
  return {autograd::concat_columns(tape, std::array{ids, visual, bias}),
          autograd::concat_columns(tape, std::array{ids, item_bias})};
}

Loss Vbpr::loss(Tape& tape, const Batch& batch) {
  auto& items = batch_items_.rows;
  items.assign(batch.positives.begin(), batch.positives.end());
  items.insert(items.end(), batch.negatives.begin(), batch.negatives.end());
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  batch_items_.count = static_cast<Index>(items.size());
  batch_items_.all = kListedShare * batch_items_.count > graph_->num_items();

  const Vars vars = on_tape(tape);
  const Var projected = project(tape, vars, true, &batch_items_);
  const ItemRows positives = item_rows(tape, vars, projected, batch.positives);
  const ItemRows negatives = item_rows(tape, vars, projected, batch.negatives);
  const Var users = autograd::gather_rows(tape, vars.users, batch.users);
  Var weighing = users;
  if (options_.biases) {
    if (ones_.rows() != tape.rows(users)) {
      ones_ = Matrix<float>(tape.rows(users), 1);
      fill(ones_.view(), 1.0F);
    }
    weighing = autograd::concat_columns(tape, std::array{users, tape.constant(ones_.view())});
  }
  const bool own = options_.regulariser == Regulariser::squared;
  const detail::BatchRows regularised{users, own ? positives.own : positives.vectors,
                                      own ? negatives.own : negatives.vectors};
  return detail::weighed(tape, detail::dot_bpr(tape, {weighing, positives.vectors, negatives.vectors}, kFloor),
                         detail::regulariser(tape, regularised, options_.regulariser), options_.weight_decay);
}

Output Vbpr::output(Tape& tape, Detail detail) {
  Output out;
  const MatrixView<const float> slabs = out.keep(tape, project(tape, on_tape(tape), false, nullptr));
  const Index dim = options_.dim;
  Matrix<float> items(graph_->num_items(), dim + slab_width());
  for (Index i = 0; i < items.rows(); ++i) {
    float* row = items.row(i);
    std::copy_n(ids_->value.row(i), dim, row);
    std::copy_n(bias_->value.row(0), dim, row + dim);
    if (options_.biases) row[2 * dim] = item_bias_->value(i, 0);
    for (Index c = 0; c < slabs.cols; ++c) row[dim + c % slab_width()] += slabs(i, c);
  }
  Matrix<float> users(graph_->num_users(), 2 * dim + (options_.biases ? 1 : 0));
  copy<float>(users_->value, users.view().columns(0, 2 * dim));
  if (options_.biases) fill(users.view().columns(2 * dim, 1), 1.0F);
  const auto& kept_users = out.keep(std::move(users));
  const auto& kept_items = out.keep(std::move(items));
  detail::add_dot_scoring(out, kept_users.view(), kept_items.view(), *graph_);
  if (detail == Detail::artifact) {
    for (std::size_t m = 0; m < modalities_.size(); ++m) {
      const Index first = static_cast<Index>(m) * slab_width();
      out.tensors.push_back({"item_embedding." + modalities_[m].modality->name, slabs.columns(first, dim)});
    }
    add_new_items(out);
  }
  return out;
}

/// γ and β of a new item are 0.
void Vbpr::add_new_items(Output& out) const {
  const Index dim = options_.dim;
  const Index width = slab_width();
  const Index count = static_cast<Index>(modalities_.size()) * width;
  out.new_items.emplace();
  for (const ModalityPart& part : modalities_) {
    const MatrixView<const float> weight = weights_->value.view().columns(part.first_col, part.features.width());
    detail::add_modality(out, part.modality->name, weight, {}, {});
  }
  Matrix<float> vectors = Matrix<float>::zeros(count, dim + width);
  for (Index c = 0; c < count; ++c) vectors(c, dim + c % width) = 1.0F;
  std::vector<float> bias(static_cast<std::size_t>(dim + width), 0.0F);
  std::copy_n(bias_->value.row(0), dim, bias.begin() + dim);
  detail::add_table(out, "item_embedding", vectors.view(), 1.0, std::move(bias));
  const Matrix<float> own = detail::units(count, count);
  for (std::size_t m = 0; m < modalities_.size(); ++m) {
    detail::add_table(out, "item_embedding." + modalities_[m].modality->name,
                      own.view().columns(static_cast<Index>(m) * width, dim), 1.0);
  }
}

// Only the batch's items are projected, or all when they are most.
StepWork Vbpr::step_work(const Batch& batch) const {
  const detail::StepSizes sizes(*graph_, batch);
  const Index rows = kListedShare * sizes.num_batch_items() > sizes.items ? sizes.items : sizes.num_batch_items();
  StepWork work;
  for (const ModalityPart& part : modalities_) {
    work.products.push_back({rows, part.features.width(), options_.dim, false, true});
  }
  work.gathers.push_back({6.0 * static_cast<double>(batch.users.size()), 2 * options_.dim, sizes.nodes});
  return work;
}

const OptionSet<Vbpr::Options>& Vbpr::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::dim(s, &Options::dim, "width of the id embeddings, and of projected features");
    describe::weight_decay(s, &Options::weight_decay);
    describe::regulariser(s, &Options::regulariser);
    s.toggle("biases", &Options::biases, "item and visual biases");
    describe::features(s, &Options::features_dtype, &Options::features_layout);
    return s;
  }();
  return set;
}

void Vbpr::take_sizes(Options& options, const TensorShapes& parameters) {
  detail::take_size(options.dim, parameters, "i_embedding", 1);
}

std::size_t Vbpr::training_bytes(const Options& options, const data::Dataset& dataset) {
  const Index slab = options.dim + 1;
  const auto modalities = static_cast<Index>(dataset.modalities.size());
  const auto num_items = dataset.num_items();
  // Value, gradient, two moments of the tables and of W, whose gradient is summed for each worker.
  Index floats = 4 * (dataset.num_users() * 2 * options.dim + num_items * slab + total_width(dataset) * slab);
  // Projected features and their gradient; final embeddings.
  floats += 2 * num_items * modalities * slab + (num_items + dataset.num_users()) * 2 * slab;
  return static_cast<std::size_t>(floats) * sizeof(float) +
         detail::feature_copy_bytes(options.features_dtype, options.features_layout, dataset);
}

const Registration& vbpr_registration() {
  static const Registration entry = registration_of<Vbpr>(
      {"matrix factorisation of ids and projected features",
       {.learning_rate = 1e-3, .decay = 1.0, .batch_size = 2048, .sampling = Sampling::interactions},
       // MMRec: the weights.
       {{"learning-rate", detail::rates()},
        {"weight-decay", {"2", "1", "0.1", "0.01", "0.001", "0.0001", "0.00001"}}}});
  return entry;
}

}  // namespace monet::models
