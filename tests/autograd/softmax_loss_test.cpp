#include "monet/autograd/ops/softmax_loss.h"

#include "monet/autograd/ops/unit_blocks.h"
#include "tests/autograd/support.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

namespace monet::autograd::testing {
namespace {

/// A query in three pairs, one of them twice; one in none.
const std::vector<QueryTarget> kPairs{{0, 2}, {2, 0}, {0, 1}, {0, 2}, {3, 4}};

struct SoftmaxReference {
  double loss = 0.0;
  Reference queries, keys, bias;
};

/// Loss and gradients of the definition, every logit held.
SoftmaxReference by_definition(const Reference& x, const Reference& y, const Reference& bias,
                               std::span<const QueryTarget> pairs, double factor) {
  SoftmaxReference out{0.0, Reference(x.rows, x.cols), Reference(y.rows, y.cols), Reference(y.rows, 1)};
  const double share = 1.0 / static_cast<double>(pairs.size());
  for (const auto& [query, target] : pairs) {
    std::vector<double> p;
    double sum = 0.0;
    double at_target = 0.0;
    for (Index k = 0; k < y.rows; ++k) {
      double logit = bias(k, 0);
      for (Index c = 0; c < x.cols; ++c) logit += factor * x(query, c) * y(k, c);
      if (k == target) at_target = logit;
      p.push_back(std::exp(logit));
      sum += p.back();
    }
    out.loss += share * (std::log(sum) - at_target);
    for (Index k = 0; k < y.rows; ++k) {
      const double g = share * (p[static_cast<std::size_t>(k)] / sum - (k == target ? 1.0 : 0.0));
      out.bias(k, 0) += g;
      for (Index c = 0; c < x.cols; ++c) {
        out.queries(query, c) += g * factor * y(k, c);
        out.keys(k, c) += g * factor * x(query, c);
      }
    }
  }
  return out;
}

TEST(SoftmaxLoss, IsTheCrossEntropyAndItsGradientsAgreeWithFiniteDifferences) {
  for (const Index dim : {1, 3, 19}) {
    const auto inputs = leaves(random_matrix(4, dim, 1), random_matrix(5, dim, 2), random_matrix(5, 1, 3));
    const auto want = by_definition(Reference(inputs[0]), Reference(inputs[1]), Reference(inputs[2]), kPairs, 1.5);
    Reference loss(1, 1);
    loss(0, 0) = want.loss;
    expect_operation(
        inputs, [](Tape& t, auto v) { return softmax_loss(t, v[0], v[1], v[2], kPairs, 1.5F); }, loss, 20.0);
    const auto unbiased = by_definition(Reference(inputs[0]), Reference(inputs[1]), Reference(5, 1), kPairs, 0.5);
    loss(0, 0) = unbiased.loss;
    expect_operation(
        leaves(Matrix<float>::copy_of(inputs[0].view()), Matrix<float>::copy_of(inputs[1].view())),
        [](Tape& t, auto v) { return softmax_loss(t, v[0], v[1], Var{}, kPairs, 0.5F); }, loss, 20.0);
  }
}

/// Every entry within `share` of the largest one.
void expect_within_share(const Matrix<float>& got, const Reference& want, double share) {
  double largest = 0.0;
  for (Index r = 0; r < want.rows; ++r) {
    for (Index c = 0; c < want.cols; ++c) largest = std::max(largest, std::abs(want(r, c)));
  }
  for (Index r = 0; r < want.rows; ++r) {
    for (Index c = 0; c < want.cols; ++c) {
      ASSERT_NEAR(static_cast<double>(got(r, c)), want(r, c), share * largest) << "row " << r << ", column " << c;
    }
  }
}

// More rows than a tile, more keys than one, several blocks; one thread and three.
TEST(SoftmaxLoss, LargeProblemsAgreeWithTheDefinition) {
  constexpr Index kQueries = 150, kKeys = 1100, kDim = 7;
  Matrix<float> x = random_matrix(kQueries, kDim, 1), y = random_matrix(kKeys, kDim, 2), b = random_matrix(kKeys, 1, 3);
  std::vector<QueryTarget> pairs;
  Rng rng(4);
  for (int n = 0; n < 400; ++n) {
    pairs.push_back({static_cast<std::int32_t>(rng.below(kQueries)), static_cast<std::int32_t>(rng.below(kKeys))});
  }
  // Logits up to ±400: the shift must move, and exponentials vanish.
  const double factor = 60.0;
  const auto want = by_definition(Reference(x), Reference(y), Reference(b), pairs, factor);
  // exp of float64 does not overflow there.
  ASSERT_TRUE(std::isfinite(want.loss));
  for (const auto& [threads, floats] :
       {std::pair<int, Index>{1, kSoftmaxFloats}, {3, kSoftmaxFloats}, {1, 0}, {2, 0}}) {
    ThreadPool pool(threads);
    Tape tape(pool);
    Matrix<float> gx(kQueries, kDim), gy(kKeys, kDim), gb(kKeys, 1);
    const Var vx = tape.parameter(x.view(), gx.view()), vy = tape.parameter(y.view(), gy.view());
    const Var loss =
        softmax_loss(tape, vx, vy, tape.parameter(b.view(), gb.view()), pairs, static_cast<float>(factor), floats);
    EXPECT_NEAR(static_cast<double>(tape.scalar(loss)), want.loss, 1e-5 * want.loss);
    tape.backward(loss);
    // A logit of 400 is rounded at 3e-5, and so is the exponent of its softmax.
    expect_near(gx, want.queries, 1000.0);
    expect_near(gy, want.keys, 1000.0);
    expect_near(gb, want.bias, 1000.0);
  }
}

// Rounded to 8 bits each, numbers are off by 1/256 at most: of a logit by 2/256 of Σ |x y| factor, which is added to
// its exponent. Where the shift moves, exponentials before it are rounded again.
TEST(SoftmaxLoss, ProductsOfBfloat16AgreeWithinTheirRounding) {
  constexpr Index kQueries = 150, kKeys = 1100, kDim = 7;
  for (const double factor : {1.5, 12.0}) {
    Matrix<float> x = random_matrix(kQueries, kDim, 1), y = random_matrix(kKeys, kDim, 2),
                  b = random_matrix(kKeys, 1, 3);
    // A bias of late keys that moves every row's shift.
    if (factor > 10.0) {
      for (Index k = 700; k < kKeys; ++k) b(k, 0) += 90.0F;
    }
    std::vector<QueryTarget> pairs;
    Rng rng(4);
    for (int n = 0; n < 400; ++n) {
      pairs.push_back({static_cast<std::int32_t>(rng.below(kQueries)), static_cast<std::int32_t>(rng.below(kKeys))});
    }
    const auto want = by_definition(Reference(x), Reference(y), Reference(b), pairs, factor);
    for (const auto& [threads, floats] : {std::pair<int, Index>{1, kSoftmaxFloats}, {3, kSoftmaxFloats}, {2, 0}}) {
      ThreadPool pool(threads);
      Tape tape(pool);
      Matrix<float> gx(kQueries, kDim), gy(kKeys, kDim), gb(kKeys, 1);
      const Var vx = tape.parameter(x.view(), gx.view()), vy = tape.parameter(y.view(), gy.view());
      const Var loss = softmax_loss(tape, vx, vy, tape.parameter(b.view(), gb.view()), pairs,
                                    static_cast<float>(factor), floats, kAllKeys, SoftmaxProducts::bf16);
      EXPECT_NEAR(static_cast<double>(tape.scalar(loss)), want.loss, 2e-3 * want.loss) << factor;
      tape.backward(loss);
      expect_within_share(gx, want.queries, 0.03);
      expect_within_share(gy, want.keys, 0.03);
      expect_within_share(gb, want.bias, 0.03);
    }
  }
}

// The keys before a tile's end, at it, and in the next.
TEST(SoftmaxLoss, KeysThatDoNotCompeteTakeNoPart) {
  constexpr Index kQueries = 9, kKeys = 1100, kDim = 5;
  const Matrix<float> x = random_matrix(kQueries, kDim, 1), y = random_matrix(kKeys, kDim, 2),
                      b = random_matrix(kKeys, 1, 3);
  const std::vector<QueryTarget> pairs{{0, 3}, {4, 99}, {4, 3}, {7, 0}};
  for (const auto& [count, products] : {std::pair<Index, SoftmaxProducts>{100, SoftmaxProducts::f32},
                                        {512, SoftmaxProducts::f32},
                                        {700, SoftmaxProducts::f32},
                                        {100, SoftmaxProducts::bf16},
                                        {512, SoftmaxProducts::bf16},
                                        {700, SoftmaxProducts::bf16}}) {
    const Index competing = count;
    const auto first = [&](const Matrix<float>& of) {
      return Matrix<float>::copy_of(of.view().row_range(0, competing));
    };
    const auto want = by_definition(Reference(x), Reference(first(y)), Reference(first(b)), pairs, 1.5);
    ThreadPool pool(1);
    Tape tape(pool);
    Matrix<float> values_x = Matrix<float>::copy_of(x.view()), values_y = Matrix<float>::copy_of(y.view()),
                  values_b = Matrix<float>::copy_of(b.view());
    Matrix<float> gx(kQueries, kDim), gy(kKeys, kDim), gb(kKeys, 1);
    const Var loss =
        softmax_loss(tape, tape.parameter(values_x.view(), gx.view()), tape.parameter(values_y.view(), gy.view()),
                     tape.parameter(values_b.view(), gb.view()), pairs, 1.5F, kSoftmaxFloats, competing, products);
    tape.backward(loss);
    if (products == SoftmaxProducts::f32) {
      EXPECT_NEAR(static_cast<double>(tape.scalar(loss)), want.loss, 1e-5 * want.loss);
      expect_near(gx, want.queries, 100.0);
      expect_near(first(gy), want.keys, 100.0);
      expect_near(first(gb), want.bias, 100.0);
    } else {
      EXPECT_NEAR(static_cast<double>(tape.scalar(loss)), want.loss, 2e-3 * want.loss);
      expect_within_share(gx, want.queries, 0.03);
      expect_within_share(first(gy), want.keys, 0.03);
      expect_within_share(first(gb), want.bias, 0.03);
    }
    for (Index k = competing; k < kKeys; ++k) {
      EXPECT_EQ(gb(k, 0), 0.0F) << k;
      for (Index c = 0; c < kDim; ++c) EXPECT_EQ(gy(k, c), 0.0F) << k;
    }
  }
}

TEST(SoftmaxLoss, RefusesWhatDoesNotFit) {
  const Matrix<float> x(2, 3), y(4, 3), wide(4, 5), bias(3, 1);
  const std::vector<QueryTarget> pair{{1, 3}}, query{{2, 0}}, key{{0, 4}}, none;
  expect_refused([&](Tape& t) { softmax_loss(t, t.constant(x), t.constant(wide), Var{}, pair, 1.0F); },
                 "[softmax_loss] queries are 2 x 3, keys 4 x 5");
  expect_refused([&](Tape& t) { softmax_loss(t, t.constant(x), t.constant(y), t.constant(bias), pair, 1.0F); },
                 "[softmax_loss] a bias of 3 x 1 for 4 keys");
  expect_refused([&](Tape& t) { softmax_loss(t, t.constant(x), t.constant(y), Var{}, none, 1.0F); },
                 "[softmax_loss] no pair of a query and its target");
  expect_refused([&](Tape& t) { softmax_loss(t, t.constant(x), t.constant(y), Var{}, query, 1.0F); },
                 "[softmax_loss] a pair of query 2 and key 0 of 2 and 4");
  expect_refused([&](Tape& t) { softmax_loss(t, t.constant(x), t.constant(y), Var{}, key, 1.0F); },
                 "[softmax_loss] a pair of query 0 and key 4 of 2 and 4");
  expect_refused([&](Tape& t) { softmax_loss(t, t.constant(x), t.constant(y), Var{}, pair, 1.0F, 0, 3); },
                 "[softmax_loss] a pair of query 1 and key 3 of 2 and 3");
}

TEST(UnitBlocks, ProductsAreMeanCosinesOfTheBlocks) {
  for (const auto& [blocks, width] : {std::pair<Index, Index>{1, 5}, {2, 16}, {3, 7}}) {
    const auto inputs = leaves(random_matrix(4, blocks * width, 1));
    Reference want(4, blocks * width);
    for (Index r = 0; r < 4; ++r) {
      for (Index b = 0; b < blocks; ++b) {
        double squares = 0.0;
        for (Index c = 0; c < width; ++c) squares += std::pow(static_cast<double>(inputs[0](r, b * width + c)), 2.0);
        for (Index c = b * width; c < (b + 1) * width; ++c) {
          want(r, c) = static_cast<double>(inputs[0](r, c)) / std::sqrt(squares * static_cast<double>(blocks));
        }
      }
    }
    expect_operation(
        inputs, [k = blocks](Tape& t, auto v) { return unit_blocks(t, v[0], k); }, want, static_cast<double>(width));
  }
  const Matrix<float> x(2, 5);
  expect_refused([&](Tape& t) { unit_blocks(t, t.constant(x), 2); }, "[unit_blocks] 5 columns are not 2 blocks");
}

}  // namespace
}  // namespace monet::autograd::testing
