#include "monet/models/detail/softmax_head.h"

#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/unit_blocks.h"
#include "monet/core/error.h"
#include "monet/core/median.h"
#include "monet/core/rng.h"
#include "monet/kernels/gemm.h"
#include "monet/models/detail/occurrences.h"
#include "monet/models/detail/outputs.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace monet::models::detail {

using autograd::Tape;
using autograd::Var;

namespace {

constexpr std::size_t kUnit = 32;
// Of fewer multiplications rounding their factors wins a twentieth of a millisecond: digits are worth more.
constexpr Index kFewestRounded = Index{1} << 22;

/// `rows` and the last of them again, up to a multiple of `unit`: so steps come in few shapes (softmax_loss.h).
std::vector<std::int32_t> padded(std::span<const std::int32_t> rows, std::size_t unit) {
  std::vector<std::int32_t> out(rows.begin(), rows.end());
  if (!out.empty()) out.resize((out.size() + unit - 1) / unit * unit, out.back());
  return out;
}

}  // namespace

autograd::SoftmaxProducts products_of(SoftmaxDtype dtype, Index multiplications) {
  const bool bf16 =
      dtype == SoftmaxDtype::bf16 ||
      (dtype == SoftmaxDtype::automatic && multiplications >= kFewestRounded && kernels::multiplies_bfloat16_fast());
  return bf16 ? autograd::SoftmaxProducts::bf16 : autograd::SoftmaxProducts::f32;
}

void fail_without_softmax(std::string_view model, std::string_view option) {
  if (option.empty()) return;
  fail<InvalidArgument>("[{}] {}: belongs to the softmax loss; give `loss` softmax, or leave `{}` out", model, option,
                        option);
}

SoftmaxHead::SoftmaxHead(const SoftmaxOptions& options, const graph::Bipartite& graph, ParameterSet& parameters)
    : options_(options), graph_(&graph) {
  if (options.item_bias) bias_ = &parameters.add("item_bias", graph.num_items(), 1, RowsOf::items);
  for (std::int32_t i = 0; i < graph.num_items(); ++i) {
    if (takes_part(i)) taking_part_.push_back(i);
  }
}

bool SoftmaxHead::takes_part(Index item) const {
  return options_.denominator == Denominator::every || graph_->item_users().degree(item) > 0;
}

std::span<const std::int32_t> SoftmaxHead::choose(const Batch& batch) {
  if (all()) return taking_part_;
  choose_into(batch, candidates_);
  return candidates_;
}

void SoftmaxHead::choose_into(const Batch& batch, std::vector<std::int32_t>& out) const {
  out.assign(batch.positives.begin(), batch.positives.end());
  if (batch.shared_negatives.empty()) {
    Rng rng(batch.seed);
    for (Index n = 0; n < options_.candidates; ++n) out.push_back(taking_part_[rng.below(taking_part_.size())]);
  } else {
    out.insert(out.end(), batch.shared_negatives.begin(), batch.shared_negatives.end());
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

StepWork SoftmaxHead::step_work(const Batch& batch, Index width) const {
  const auto rows = static_cast<Index>(Occurrences(batch.users).rows.size());
  std::vector<std::int32_t> candidates = taking_part_;
  if (!all()) choose_into(batch, candidates);
  return {{{rows, width, static_cast<Index>(candidates.size()), true, true}}, {}};
}

Var SoftmaxHead::loss(Tape& tape, Var users, Var items, const Batch& batch) {
  const std::span<const std::int32_t> candidates = all() ? std::span<const std::int32_t>(taking_part_) : candidates_;
  // The distinct users: one row of logits serves all pairs of a user.
  const Occurrences distinct(batch.users);
  std::vector<autograd::QueryTarget> pairs;
  pairs.reserve(batch.users.size());
  for (std::size_t b = 0; b < batch.users.size(); ++b) {
    const auto key = std::lower_bound(candidates.begin(), candidates.end(), batch.positives[b]) - candidates.begin();
    pairs.push_back({distinct.places[b], static_cast<std::int32_t>(key)});
  }
  const bool every = static_cast<Index>(candidates.size()) == graph_->num_items();
  const auto competing = static_cast<Index>(candidates.size());
  // All that take part are the same number in every step.
  const std::vector<std::int32_t> rows = padded(candidates, all() ? 1 : kUnit);
  Var queries = autograd::gather_rows(tape, users, padded(distinct.rows, kUnit));
  Var keys = every ? items : autograd::gather_rows(tape, items, rows);
  if (cosine()) {
    queries = autograd::unit_blocks(tape, queries, options_.blocks);
    keys = autograd::unit_blocks(tape, keys, options_.blocks);
  }
  Var bias{};
  if (bias_ != nullptr) {
    bias = tape.parameter(bias_->value, bias_->grad);
    if (!every) bias = autograd::gather_rows(tape, bias, rows);
  }
  const Index multiplications = tape.rows(queries) * tape.rows(keys) * tape.cols(keys);
  return autograd::softmax_loss(tape, queries, keys, bias, pairs, 1.0F / options_.temperature, autograd::kSoftmaxFloats,
                                competing, products_of(options_.dtype, multiplications));
}

float SoftmaxHead::median_bias() const {
  std::vector<float> known;
  for (const std::int32_t item : taking_part_) known.push_back(bias_->value(item, 0));
  return lower_median(std::move(known));
}

std::vector<float> SoftmaxHead::prior() const {
  if (bias_ == nullptr) return {};
  const float median = median_bias();
  std::vector<float> out;
  for (Index i = 0; i < graph_->num_items(); ++i) out.push_back(takes_part(i) ? bias_->value(i, 0) : median);
  return out;
}

void SoftmaxHead::score(Output& out, Tape& tape, Var users, Var items, Detail detail) const {
  const float length = 1.0F / std::sqrt(options_.temperature);
  const auto scaled = [&](Var rows) {
    if (cosine()) rows = autograd::unit_blocks(tape, rows, options_.blocks);
    Matrix<float> values = Matrix<float>::copy_of(tape.value(rows));
    for (Index k = 0; k < values.size(); ++k) values.data()[k] *= length;
    return out.keep(std::move(values)).view();
  };
  add_dot_scoring(out, scaled(users), scaled(items), *graph_);
  if (bias_ != nullptr) out.scoring.item_prior = out.keep(prior());
  if (detail != Detail::artifact || !cosine()) return;
  const auto raw = tape.value(users);
  const Index width = raw.cols / options_.blocks;
  Matrix<float> norms(raw.rows, options_.blocks);
  for (Index u = 0; u < raw.rows; ++u) {
    for (Index b = 0; b < options_.blocks; ++b) {
      double square = 0.0;
      for (Index c = b * width; c < (b + 1) * width; ++c) {
        square += static_cast<double>(raw(u, c)) * static_cast<double>(raw(u, c));
      }
      norms(u, b) = static_cast<float>(std::sqrt(square));
    }
  }
  Matrix<float> block_length(1, 1);
  block_length(0, 0) = length / std::sqrt(static_cast<float>(options_.blocks));
  out.tensors.push_back({"derived.user_norm", out.keep(std::move(norms)).view()});
  out.tensors.push_back({"derived.user_length", out.keep(std::move(block_length)).view()});
}

void SoftmaxHead::describe(scoring::NewItemMap& map) const {
  if (bias_ != nullptr) map.prior = median_bias();
  if (!cosine()) return;
  map.blocks = options_.blocks;
  map.length = 1.0F / std::sqrt(options_.temperature) / std::sqrt(static_cast<float>(options_.blocks));
}

float SoftmaxHead::foldin_factor() const {
  return cosine() ? 1.0F : 1.0F / std::sqrt(options_.temperature);  // cosines give rows their length when folded in
}

std::span<const double> SoftmaxHead::popularity_weights() const {
  if (cosine()) return kPopularityOfCosines;
  return kPopularityOfDots;
}

std::size_t softmax_bytes(const data::Dataset& dataset, Index width) {
  constexpr std::size_t kCopies = 6;  // gathered, of unit length, and gradients of both; of the loss itself; a spare
  const auto rows = static_cast<std::size_t>(dataset.num_items() + dataset.num_users());
  return 4 * (static_cast<std::size_t>(autograd::kSoftmaxFloats) + kCopies * rows * static_cast<std::size_t>(width));
}

void clear_new_items(Parameter& table, const graph::Bipartite& graph) {
  for (Index i = 0; i < graph.num_items(); ++i) {
    if (graph.item_users().degree(i) == 0) fill(table.value.row_range(i, 1), 0.0F);
  }
}

}  // namespace monet::models::detail
