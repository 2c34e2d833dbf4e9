#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/concat_rows.h"
#include "monet/autograd/ops/dot_bpr.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/half_squared_norm.h"
#include "monet/autograd/ops/leaky_relu.h"
#include "monet/autograd/ops/linear.h"
#include "monet/autograd/ops/multiply.h"
#include "monet/autograd/ops/normalize_rows.h"
#include "monet/autograd/ops/row_dot.h"
#include "monet/autograd/ops/rows_squared_norm.h"
#include "monet/autograd/ops/segment_softmax.h"
#include "monet/autograd/ops/spmm.h"
#include "monet/autograd/ops/strongest_edges.h"
#include "monet/autograd/ops/weighed_propagate.h"
#include "monet/autograd/ops/weighted_sum.h"
#include "tests/autograd/support.h"

#include <array>

namespace monet::autograd::testing::threads_test {
namespace {

constexpr Index kNodes = 3001;
constexpr Index kWidth = 48;

struct Result {
  Matrix<float> value;
  std::vector<Matrix<float>> grads;
};

/// Large enough that every operation shares its work out.
Result run(int threads, const std::vector<Matrix<float>>& inputs, const Build& build) {
  ThreadPool pool(threads);
  Tape tape(pool);
  Result out;
  std::vector<Var> vars;
  for (const auto& input : inputs) out.grads.emplace_back(input.rows(), input.cols());
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    // Backward never writes to a value, so the inputs stay as they are.
    vars.push_back(tape.parameter({const_cast<float*>(inputs[k].data()), inputs[k].rows(), inputs[k].cols()},
                                  out.grads[k].view()));
  }
  const Var y = build(tape, vars);
  out.value = Matrix<float>::copy_of(tape.value(y));
  tape.backward(half_squared_norm(tape, y, 1.0F));
  return out;
}

void expect_close(const Matrix<float>& a, const Matrix<float>& b, double relative) {
  double largest = 0.0;
  double apart = 0.0;
  for (Index k = 0; k < a.size(); ++k) {
    largest = std::max(largest, std::abs(static_cast<double>(a.data()[k])));
    apart = std::max(apart, std::abs(static_cast<double>(a.data()[k]) - static_cast<double>(b.data()[k])));
  }
  EXPECT_GT(largest, 0.0);
  EXPECT_LE(apart, relative * largest);
}

/// `relative` 0: the same bits.
void expect_same_for_any_threads(const std::vector<Matrix<float>>& inputs, const Build& build, double relative) {
  const Result one = run(1, inputs, build);
  for (const int threads : {2, 3}) {
    const Result more = run(threads, inputs, build);
    expect_close(one.value, more.value, relative);
    for (std::size_t k = 0; k < inputs.size(); ++k) expect_close(one.grads[k], more.grads[k], relative);
  }
}

PatternPtr random_pattern() {
  Rng rng(3);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (Index k = 0; k < 8 * kNodes; ++k) {
    pairs.emplace_back(static_cast<std::int32_t>(rng.below(kNodes)), static_cast<std::int32_t>(rng.below(kNodes)));
  }
  return std::make_shared<const SparsePattern>(Csr::from_pairs(kNodes, kNodes, pairs));
}

TEST(Threads, SparseOperationsGiveTheSameBits) {
  const auto p = random_pattern();
  expect_same_for_any_threads(
      leaves(random_matrix(kNodes, kWidth, 1), random_matrix(kNodes, kWidth, 2)),
      [&](Tape& t, auto v) { return spmm(t, p, segment_softmax(t, p, sampled_dot(t, p, v[0], v[1])), v[1]); }, 0.0);
}

TEST(Threads, OperationsOverEdgesAgreeToRounding) {
  const auto p = random_pattern();
  // Of users' sums over workers, about 8 terms each; a margin of sixteen.
  const double relative = 16.0 * 8.0 * static_cast<double>(std::numeric_limits<float>::epsilon());
  expect_same_for_any_threads(
      leaves(random_matrix(kNodes, kWidth, 1), random_matrix(kNodes, kWidth, 2), random_matrix(kNodes, 1, 3),
             random_matrix(kNodes, 1, 4)),
      [&](Tape& t, auto v) {
        const auto routed = edge_attention(t, p, v[0], v[1], nullptr);
        const auto weights = strongest_edges(t, p, std::array{routed.attention}, {v[2], v[3]}, true);
        const auto out = weighed_propagate(t, p, weights, {v[0], v[1]}, 2, nullptr);
        return concat_rows(t, concat_rows(t, out.users, out.items), routed.content.users);
      },
      relative);
}

TEST(Threads, LossesOfRowsGiveTheSameBits) {
  std::vector<std::int32_t> users, positives, negatives;
  Rng rng(5);
  for (Index k = 0; k < kNodes; ++k) {
    for (auto* rows : {&users, &positives, &negatives})
      rows->push_back(static_cast<std::int32_t>(rng.below(kNodes / 3)));
  }
  expect_same_for_any_threads(
      leaves(random_matrix(kNodes, kWidth, 1), random_matrix(kNodes, kWidth, 2)),
      [&](Tape& t, auto v) {
        const std::array parts{Embeddings{v[0], v[1]}};
        return concat_rows(t, dot_bpr(t, parts, users, positives, negatives, nullptr),
                           rows_squared_norm(t, v[0], users, 0.5F));
      },
      0.0);
}

TEST(Threads, RowwiseOperationsGiveTheSameBits) {
  std::vector<std::int32_t> rows;
  Rng rng(4);
  for (Index k = 0; k < kNodes; ++k) rows.push_back(static_cast<std::int32_t>(rng.below(kNodes / 3)));
  expect_same_for_any_threads(
      leaves(random_matrix(kNodes, kWidth, 1), random_matrix(kNodes, kWidth, 2), random_matrix(1, 2, 3)),
      [&](Tape& t, auto v) {
        const Var mixed = weighted_sum(t, std::array{leaky_relu(t, v[0]), normalize_rows(t, v[1])}, v[2]);
        const Var taken = gather_rows(t, mixed, rows);
        const std::array sides{multiply(t, taken, v[0]), taken};
        return concat_columns(t, std::array{concat_columns(t, sides), row_dot(t, taken, v[1])});
      },
      0.0);
}

TEST(Threads, LinearLayersAgreeToRounding) {
  // Sums of 3,001 terms in blocks: sqrt(3001) roundings, and a margin of four.
  const double relative = 4.0 * std::sqrt(3001.0) * static_cast<double>(std::numeric_limits<float>::epsilon());
  expect_same_for_any_threads(
      leaves(random_matrix(kNodes, kWidth, 1), random_matrix(40, kWidth, 2), random_matrix(1, 40, 3)),
      [](Tape& t, auto v) { return linear(t, v[0], v[1], v[2]); }, relative);
}

}  // namespace
}  // namespace monet::autograd::testing::threads_test
