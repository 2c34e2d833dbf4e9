#include "monet/autograd/ops/modality_attention.h"

#include "monet/autograd/ops/cosine_distance.h"
#include "monet/core/error.h"
#include "tests/autograd/support.h"

#include <vector>

namespace monet::autograd::testing {
namespace {

Var attend(Tape& tape, std::span<const Var> v) {
  return modality_attention(tape, v[0], v[1], {v[2], v[3], v[4]});
}

std::vector<Matrix<float>> problem(Index n, Index slabs, Index d, Index a) {
  return leaves(random_matrix(n, slabs * d, 1), random_matrix(n, slabs * d, 2), random_matrix(a, d, 3),
                random_matrix(1, a, 4), random_matrix(1, a, 5));
}

TEST(ModalityAttention, MatchesTheReferenceAndFiniteDifferences) {
  for (const Index slabs : {2, 3}) {
    for (const auto& [d, a] : {std::pair<Index, Index>{1, 1}, {5, 3}, {16, 17}}) {
      const Index n = 3;
      const auto inputs = problem(n, slabs, d, a);
      const Reference p(inputs[0]), q(inputs[1]), weight(inputs[2]), bias(inputs[3]), vector(inputs[4]);
      Reference want(n, 1);
      for (Index k = 0; k < n; ++k) {
        double sum = 0.0;
        for (Index m = 0; m < slabs; ++m) {
          double r = 0.0, logit = 0.0;
          for (Index c = m * d; c < (m + 1) * d; ++c) r += p(k, c) * q(k, c);
          for (Index j = 0; j < a; ++j) {
            double x = bias(0, j);
            for (Index c = 0; c < d; ++c) x += weight(j, c) * p(k, m * d + c) * q(k, m * d + c);
            logit += vector(0, j) * std::tanh(x);
          }
          want(k, 0) += std::exp(logit) * r;
          sum += std::exp(logit);
        }
        want(k, 0) /= sum;
      }
      // The logit carries a + d roundings, the score as many and those of its own sum.
      expect_operation(inputs, attend, want, static_cast<double>(2 * d + a + slabs + 8));
    }
  }
}

TEST(ModalityAttention, OneModalityIsAProduct) {
  const auto inputs = problem(4, 1, 6, 3);
  Reference want(4, 1);
  for (Index k = 0; k < 4; ++k) {
    for (Index c = 0; c < 6; ++c) {
      want(k, 0) += static_cast<double>(inputs[0](k, c)) * static_cast<double>(inputs[1](k, c));
    }
  }
  ThreadPool pool(1);
  expect_near(run_forward(pool, inputs, attend), want, 6.0);
}

TEST(ModalityAttention, RefusesShapesThatDoNotFit) {
  const Matrix<float> p(2, 6), q(2, 6), other(2, 5), w(3, 3), b(1, 3), wide(1, 4), w4(3, 4);
  const auto run = [&](const Matrix<float>& x, const Matrix<float>& weight, const Matrix<float>& bias) {
    return [&](Tape& t) {
      modality_attention(t, t.constant(p), t.constant(x), {t.constant(weight), t.constant(bias), t.constant(b)});
    };
  };
  ThreadPool pool(1);
  Tape tape(pool);
  EXPECT_THROW(run(other, w, b)(tape), InvalidArgument);
  expect_refused(run(q, w4, b), "[modality_attention] W is 3 x 4, the embeddings have 6 columns: not a multiple");
  expect_refused(run(q, w, wide), "[modality_attention] b or w is 1 x 4, expected 1 x 3");
}

TEST(CosineDistance, MatchesTheReferenceAndFiniteDifferences) {
  static const std::vector<std::int32_t> rows = {2, 0, 2, 1};
  static const std::vector<float> weights = {1.0F, 3.0F, 0.5F, 2.0F};
  for (const Index c : {3, 16, 19}) {
    static Matrix<float> targets;
    targets = random_matrix(3, c, 2);
    const auto inputs = leaves(random_matrix(4, c, 1));
    const Reference x(inputs[0]), t(targets);
    Reference want(1, 1), weighed(1, 1);
    for (Index k = 0; k < 4; ++k) {
      double xt = 0.0, xx = 0.0, tt = 0.0;
      for (Index i = 0; i < c; ++i) {
        const double b = t(rows[static_cast<std::size_t>(k)], i);
        xt += x(k, i) * b, xx += x(k, i) * x(k, i), tt += b * b;
      }
      const double apart = 0.5 * (1.0 - xt / std::sqrt(xx * tt));
      want(0, 0) += apart;
      weighed(0, 0) += static_cast<double>(weights[static_cast<std::size_t>(k)]) * apart;
    }
    expect_operation(
        inputs, [](Tape& tape, auto v) { return cosine_distance(tape, v[0], targets.view(), rows, 0.5F, weights); },
        weighed, static_cast<double>(3 * c + 8));
    expect_operation(
        inputs, [](Tape& tape, auto v) { return cosine_distance(tape, v[0], targets.view(), rows, 0.5F); }, want,
        static_cast<double>(3 * c + 8));
  }
}

TEST(CosineDistance, RowsOfZerosAddNothing) {
  ThreadPool pool(1);
  Tape tape(pool);
  Matrix<float> x = random_matrix(2, 3, 1), grad(2, 3), targets = random_matrix(2, 3, 2);
  fill(x.view().row_range(0, 1), 0.0F);
  fill(targets.view().row_range(1, 1), 0.0F);
  const std::vector<std::int32_t> rows = {0, 1};
  const Var y = cosine_distance(tape, tape.parameter(x.view(), grad.view()), targets.view(), rows, 1.0F);
  EXPECT_EQ(tape.scalar(y), 0.0F);
  tape.backward(y);
  for (Index k = 0; k < grad.size(); ++k) EXPECT_EQ(grad.data()[k], 0.0F);
}

TEST(CosineDistance, RefusesWhatDoesNotFit) {
  const Matrix<float> x(2, 3), targets(4, 3);
  const std::vector<std::int32_t> one = {0}, outside = {0, 4};
  expect_refused([&](Tape& t) { cosine_distance(t, t.constant(x), targets.view(), one, 1.0F); },
                 "[cosine_distance] x is 2 x 3, with 1 targets of 3 columns");
  expect_refused([&](Tape& t) { cosine_distance(t, t.constant(x), targets.view(), outside, 1.0F); },
                 "[cosine_distance] target 4 of 4 rows");
}

}  // namespace
}  // namespace monet::autograd::testing
