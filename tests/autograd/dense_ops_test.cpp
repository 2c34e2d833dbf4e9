#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/bpr_loss.h"
#include "monet/autograd/ops/concat_columns.h"
#include "monet/autograd/ops/concat_rows.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/half_squared_norm.h"
#include "monet/autograd/ops/leaky_relu.h"
#include "monet/autograd/ops/linear.h"
#include "monet/autograd/ops/matmul.h"
#include "monet/autograd/ops/multiply.h"
#include "monet/autograd/ops/normalize_rows.h"
#include "monet/autograd/ops/row_dot.h"
#include "monet/autograd/ops/scale.h"
#include "monet/autograd/ops/weighted_sum.h"
#include "tests/autograd/support.h"

#include <fmt/core.h>

#include <array>

namespace monet::autograd::testing {
namespace {

/// Sizes around the vector width, one row, one column.
constexpr std::array<std::pair<Index, Index>, 4> kShapes{{{1, 1}, {5, 7}, {3, 16}, {4, 19}}};

double square(double x) {
  return x * x;
}

TEST(Linear, MatchesTheReferenceAndFiniteDifferences) {
  for (const auto& [n, in] : kShapes) {
    const auto inputs = leaves(random_matrix(n, in, 1), random_matrix(6, in, 2), random_matrix(1, 6, 3));
    Reference want(n, 6);
    const Reference x(inputs[0]), w(inputs[1]), b(inputs[2]);
    for (Index r = 0; r < n; ++r) {
      for (Index o = 0; o < 6; ++o) {
        want(r, o) = b(0, o);
        for (Index k = 0; k < in; ++k) want(r, o) += x(r, k) * w(o, k);
      }
    }
    expect_operation(
        inputs, [](Tape& t, auto v) { return linear(t, v[0], v[1], v[2]); }, want, static_cast<double>(in) + 1.0);
  }
}

TEST(Linear, WorksWithoutABiasAndOnNoRows) {
  expect_gradients(leaves(random_matrix(3, 5, 1), random_matrix(2, 5, 2)),
                   [](Tape& t, auto v) { return linear(t, v[0], v[1], Var{}); });
  ThreadPool pool(1);
  const auto none = run_forward(pool, leaves(Matrix<float>(0, 5), random_matrix(2, 5, 2)),
                                [](Tape& t, auto v) { return linear(t, v[0], v[1], Var{}); });
  EXPECT_EQ(none.rows(), 0);
  EXPECT_EQ(none.cols(), 2);
}

TEST(Linear, RefusesShapesThatDoNotFit) {
  const Matrix<float> x(4, 3), w(2, 5), w3(2, 3), b(1, 3);
  expect_refused([&](Tape& t) { linear(t, t.constant(x), t.constant(w), Var{}); },
                 "[linear] x has 3 columns, the weight is 2 x 5");
  expect_refused([&](Tape& t) { linear(t, t.constant(x), t.constant(w3), t.constant(b)); },
                 "[linear] the bias is 1 x 3, expected 1 x 2");
}

TEST(Matmul, MatchesTheReferenceAndFiniteDifferences) {
  for (const auto& [n, k] : kShapes) {
    const auto inputs = leaves(random_matrix(n, k, 1), random_matrix(k, 3, 2));
    Reference want(n, 3);
    const Reference x(inputs[0]), w(inputs[1]);
    for (Index r = 0; r < n; ++r) {
      for (Index c = 0; c < 3; ++c) {
        for (Index j = 0; j < k; ++j) want(r, c) += x(r, j) * w(j, c);
      }
    }
    expect_operation(
        inputs, [](Tape& t, auto v) { return matmul(t, v[0], v[1]); }, want, static_cast<double>(k));
  }
  const Matrix<float> x(4, 3), w(2, 5);
  expect_refused([&](Tape& t) { matmul(t, t.constant(x), t.constant(w)); },
                 "[matmul] 4 x 3 times 2 x 5: the inner sizes differ");
}

TEST(ConcatColumns, PutsPartsSideBySide) {
  const auto inputs = leaves(random_matrix(4, 2, 1), random_matrix(4, 1, 2), random_matrix(4, 3, 3));
  Reference want(4, 6);
  for (Index r = 0; r < 4; ++r) {
    Index c = 0;
    for (const auto& part : inputs) {
      for (Index k = 0; k < part.cols(); ++k) want(r, c++) = static_cast<double>(part(r, k));
    }
  }
  expect_operation(
      inputs, [](Tape& t, auto v) { return concat_columns(t, v); }, want, 0.0);
  const Matrix<float> x(4, 3), y(5, 3);
  expect_refused(
      [&](Tape& t) {
        concat_columns(t, std::array{t.constant(x), t.constant(y)});
      },
      "[concat_columns] one part has 4 rows, another 5");
  expect_refused([&](Tape& t) { concat_columns(t, {}); }, "[concat_columns] nothing to put side by side");
}

TEST(ConcatRows, PutsOneOnTopOfTheOther) {
  const auto inputs = leaves(random_matrix(2, 3, 1), random_matrix(4, 3, 2));
  Reference want(6, 3);
  for (Index r = 0; r < 6; ++r) {
    for (Index c = 0; c < 3; ++c) want(r, c) = static_cast<double>(r < 2 ? inputs[0](r, c) : inputs[1](r - 2, c));
  }
  expect_operation(
      inputs, [](Tape& t, auto v) { return concat_rows(t, v[0], v[1]); }, want, 0.0);
  const Matrix<float> x(4, 3), y(4, 2);
  expect_refused([&](Tape& t) { concat_rows(t, t.constant(x), t.constant(y)); }, "[concat_rows] 3 columns on top of 2");
}

TEST(SliceColumns, TakesColumnsAndAddsGradientsOfOverlappingSlices) {
  const auto inputs = leaves(random_matrix(3, 5, 1));
  Reference want(3, 3);
  for (Index r = 0; r < 3; ++r) {
    for (Index c = 0; c < 3; ++c) {
      want(r, c) = static_cast<double>(inputs[0](r, c + 1)) * static_cast<double>(inputs[0](r, c + 2));
    }
  }
  const Build overlapping = [](Tape& t, auto v) {
    return multiply(t, slice_columns(t, v[0], 1, 3), slice_columns(t, v[0], 2, 3));
  };
  expect_operation(inputs, overlapping, want, 1.0);
  expect_refused([&](Tape& t) { slice_columns(t, t.constant(inputs[0]), 3, 3); },
                 "[slice_columns] columns 3 to 6 of a matrix with 5");
}

TEST(Add, AddsTermsAlsoRepeatedOnes) {
  const auto inputs = leaves(random_matrix(3, 5, 1), random_matrix(3, 5, 2));
  Reference want(3, 5);
  for (Index r = 0; r < 3; ++r) {
    for (Index c = 0; c < 5; ++c) {
      want(r, c) = 2.0 * static_cast<double>(inputs[0](r, c)) + static_cast<double>(inputs[1](r, c));
    }
  }
  expect_operation(
      inputs,
      [](Tape& t, auto v) {
        return add(t, std::array{v[0], v[1], v[0]});
      },
      want, 3.0);
  const Matrix<float> x(4, 3), y(4, 2);
  expect_refused([&](Tape& t) { add(t, t.constant(x), t.constant(y)); }, "[add] one operand is 4 x 3, the other 4 x 2");
}

TEST(WeightedSum, WeighsBySoftmaxWithAGradientToTheWeights) {
  const auto inputs =
      leaves(random_matrix(4, 6, 1), random_matrix(4, 6, 2), random_matrix(4, 6, 3), random_matrix(1, 3, 4));
  const Reference weights(inputs[3]);
  double total = 0.0;
  for (Index k = 0; k < 3; ++k) total += std::exp(weights(0, k));
  Reference want(4, 6);
  for (Index r = 0; r < 4; ++r) {
    for (Index c = 0; c < 6; ++c) {
      for (std::size_t k = 0; k < 3; ++k) {
        want(r, c) += std::exp(weights(0, static_cast<Index>(k))) / total * static_cast<double>(inputs[k](r, c));
      }
    }
  }
  expect_operation(
      inputs, [](Tape& t, auto v) { return weighted_sum(t, v.first(3), v[3]); }, want, 6.0);
  const Matrix<float> x(4, 3), w(1, 2);
  expect_refused([&](Tape& t) { weighted_sum(t, std::array{t.constant(x)}, t.constant(w)); },
                 "[weighted_sum] the weights are 1 x 2, expected 1 x 1, one for each term");
}

TEST(WeightedSum, SurvivesLargeWeights) {
  Matrix<float> w(1, 2);
  w(0, 0) = 1000.0F;
  w(0, 1) = -1000.0F;
  EXPECT_EQ(softmax(w.view()), (std::vector<double>{1.0, 0.0}));
}

TEST(Scale, Multiplies) {
  const auto inputs = leaves(random_matrix(3, 5, 1));
  Reference want(inputs[0]);
  for (double& v : want.data) v *= -2.5;
  expect_operation(
      inputs, [](Tape& t, auto v) { return scale(t, v[0], -2.5F); }, want, 1.0);
}

TEST(Multiply, MultipliesAlsoAValueByItself) {
  const auto inputs = leaves(random_matrix(3, 5, 1), random_matrix(3, 5, 2));
  Reference want(inputs[0]);
  for (std::size_t k = 0; k < want.data.size(); ++k) want.data[k] *= static_cast<double>(inputs[1].data()[k]);
  expect_operation(
      inputs, [](Tape& t, auto v) { return multiply(t, v[0], v[1]); }, want, 1.0);
  expect_gradients(leaves(random_matrix(3, 5, 1)), [](Tape& t, auto v) { return multiply(t, v[0], v[0]); });
  const Matrix<float> x(4, 3), y(3, 4);
  expect_refused([&](Tape& t) { multiply(t, t.constant(x), t.constant(y)); },
                 "[multiply] one operand is 4 x 3, the other 3 x 4");
}

TEST(LeakyRelu, KeepsPositivesAndShrinksTheRest) {
  const auto inputs = leaves(random_matrix(4, 9, 1));
  Reference want(inputs[0]);
  for (double& v : want.data) v = v > 0.0 ? v : 0.2 * v;
  expect_operation(
      inputs, [](Tape& t, auto v) { return leaky_relu(t, v[0], 0.2F); }, want, 1.0);
}

TEST(NormalizeRows, GivesRowsOfLengthOne) {
  for (const auto& [n, d] : kShapes) {
    if (d == 1) continue;  // a row of one element is ±1 whatever it was: no gradient to see
    const auto inputs = leaves(random_matrix(n, d, 1));
    Reference want(inputs[0]);
    for (Index r = 0; r < n; ++r) {
      double sum = 0.0;
      for (Index c = 0; c < d; ++c) sum += square(want(r, c));
      for (Index c = 0; c < d; ++c) want(r, c) /= std::sqrt(sum);
    }
    expect_operation(
        inputs, [](Tape& t, auto v) { return normalize_rows(t, v[0]); }, want, static_cast<double>(d) / 2.0 + 2.0);
  }
}

TEST(NormalizeRows, DividesAShortRowByEpsilon) {
  const auto inputs = leaves(random_matrix(2, 3, 1));
  Reference want(inputs[0]);
  for (double& v : want.data) v /= 4.0;
  expect_operation(
      inputs, [](Tape& t, auto v) { return normalize_rows(t, v[0], 4.0F); }, want, 1.0);
  ThreadPool pool(1);
  const auto zero =
      run_forward(pool, leaves(Matrix<float>::zeros(1, 3)), [](Tape& t, auto v) { return normalize_rows(t, v[0]); });
  EXPECT_EQ(zero(0, 0), 0.0F);
}

TEST(GatherRows, TakesRowsAndAddsTheGradientsOfRepeats) {
  const auto inputs = leaves(random_matrix(5, 3, 1));
  const std::vector<std::int32_t> rows{4, 0, 4, 2};
  Reference want(4, 3);
  for (Index k = 0; k < 4; ++k) {
    for (Index c = 0; c < 3; ++c) want(k, c) = static_cast<double>(inputs[0](rows[static_cast<std::size_t>(k)], c));
  }
  expect_operation(
      inputs, [&](Tape& t, auto v) { return gather_rows(t, v[0], rows); }, want, 0.0);
  // Two consumers of one table: the second contribution is added to the first.
  expect_gradients(inputs, [&](Tape& t, auto v) {
    return multiply(t, gather_rows(t, v[0], rows), gather_rows(t, v[0], std::vector<std::int32_t>{1, 1, 0, 4}));
  });
  // In ascending order, with repeats and gaps: a fresh gradient is assigned, one that is there is added to.
  const std::vector<std::int32_t> ascending{1, 1, 3, 4, 4};
  expect_gradients(inputs, [&](Tape& t, auto v) { return gather_rows(t, v[0], ascending); });
  expect_gradients(inputs, [&](Tape& t, auto v) {
    return multiply(t, gather_rows(t, v[0], ascending), gather_rows(t, v[0], std::vector<std::int32_t>{0, 2, 2, 2, 3}));
  });
  for (const std::int32_t bad : {-1, 5}) {
    expect_refused([&](Tape& t) { gather_rows(t, t.constant(inputs[0]), std::array{bad}); },
                   fmt::format("[gather_rows] row {} of a matrix with 5 rows", bad));
  }
}

TEST(RowDot, MultipliesRowByRow) {
  for (const auto& [n, d] : kShapes) {
    const auto inputs = leaves(random_matrix(n, d, 1), random_matrix(n, d, 2));
    Reference want(n, 1);
    for (Index r = 0; r < n; ++r) {
      for (Index c = 0; c < d; ++c)
        want(r, 0) += static_cast<double>(inputs[0](r, c)) * static_cast<double>(inputs[1](r, c));
    }
    expect_operation(
        inputs, [](Tape& t, auto v) { return row_dot(t, v[0], v[1]); }, want, static_cast<double>(d));
  }
  expect_gradients(leaves(random_matrix(3, 4, 1)), [](Tape& t, auto v) { return row_dot(t, v[0], v[0]); });
  const Matrix<float> x(4, 3), y(3, 3);
  expect_refused([&](Tape& t) { row_dot(t, t.constant(x), t.constant(y)); },
                 "[row_dot] one operand is 4 x 3, the other 3 x 3");
}

TEST(BprLoss, IsTheMeanOfMinusLogSigmoid) {
  for (const double floor : {0.0, 1e-10, 0.3}) {
    const auto inputs = leaves(random_matrix(6, 1, 1), random_matrix(6, 1, 2));
    Reference want(1, 1);
    for (Index k = 0; k < 6; ++k) {
      const double x = static_cast<double>(inputs[0](k, 0)) - static_cast<double>(inputs[1](k, 0));
      want(0, 0) -= std::log(floor + 1.0 / (1.0 + std::exp(-x))) / 6.0;
    }
    expect_operation(
        inputs, [=](Tape& t, auto v) { return bpr_loss(t, v[0], v[1], floor); }, want, 1.0);
  }
}

TEST(BprLoss, StaysFiniteFarFromZero) {
  Matrix<float> p(2, 1), q(2, 1);
  p(0, 0) = 500.0F, q(0, 0) = -500.0F;
  p(1, 0) = -500.0F, q(1, 0) = 500.0F;
  ThreadPool pool(1);
  const auto loss =
      run_forward(pool, leaves(std::move(p), std::move(q)), [](Tape& t, auto v) { return bpr_loss(t, v[0], v[1]); });
  EXPECT_FLOAT_EQ(loss(0, 0), 500.0F);
}

TEST(BprLoss, RefusesWhatHasNoMean) {
  const Matrix<float> none(0, 1), wide(2, 2), one(1, 1);
  expect_refused([&](Tape& t) { bpr_loss(t, t.constant(none), t.constant(none)); },
                 "[bpr_loss] the scores are 0 x 1, expected n x 1 with n > 0");
  expect_refused([&](Tape& t) { bpr_loss(t, t.constant(wide), t.constant(wide)); },
                 "[bpr_loss] the scores are 2 x 2, expected n x 1 with n > 0");
  expect_refused([&](Tape& t) { bpr_loss(t, t.constant(one), t.constant(one), -1.0); },
                 "[bpr_loss] the floor -1 is negative");
}

TEST(HalfSquaredNorm, SumsSquares) {
  const auto inputs = leaves(random_matrix(4, 7, 1));
  Reference want(1, 1);
  for (Index k = 0; k < 28; ++k) want(0, 0) += 0.5 * 0.25 * square(static_cast<double>(inputs[0].data()[k]));
  expect_operation(
      inputs, [](Tape& t, auto v) { return half_squared_norm(t, v[0], 0.25F); }, want, 1.0);
}

}  // namespace
}  // namespace monet::autograd::testing
