#include "monet/autograd/gradient_check.h"

#include "monet/autograd/ops/multiply.h"
#include "monet/autograd/ops/scale.h"
#include "tests/autograd/support.h"

#include <gmock/gmock.h>

#include <cmath>

namespace monet::autograd::testing {
namespace {

using ::testing::HasSubstr;

/// y = x³, with its gradient 3x² off by `factor` in one element, or written beside the gradient.
Var cube(Tape& tape, Var x, float factor, bool write_beside = false) {
  const Var y = tape.make(tape.rows(x), tape.cols(x), {x});
  const auto in = tape.value(x);
  for (Index r = 0; r < in.rows; ++r) {
    for (Index c = 0; c < in.cols; ++c) tape.mutable_value(y)(r, c) = in(r, c) * in(r, c) * in(r, c);
  }
  tape.on_backward(y, [=](Tape& t) {
    const auto slot = t.contribute(x);
    const auto g = t.grad(y);
    const auto v = t.value(x);
    for (Index r = 0; r < g.rows; ++r) {
      for (Index c = 0; c < g.cols; ++c) {
        slot.view(r, c) = 3.0F * v(r, c) * v(r, c) * g(r, c) * (r == 1 && c == 2 ? factor : 1.0F);
      }
    }
    if (write_beside) slot.view.row(0)[slot.view.cols] = 0.0F;
  });
  return y;
}

GradientReport check(const Build& build, const std::vector<Matrix<float>>& inputs) {
  ThreadPool pool(1);
  return check_gradients(pool, inputs, build);
}

TEST(GradientCheck, AcceptsARightGradient) {
  const auto report = check([](Tape& t, auto v) { return cube(t, v[0], 1.0F); }, leaves(random_matrix(3, 4, 1)));
  EXPECT_TRUE(report.ok) << report.message;
}

TEST(GradientCheck, CatchesAGradientThatIsOffByATenthOfAPercentAndSaysWhere) {
  const auto report = check([](Tape& t, auto v) { return cube(t, v[0], 1.001F); }, leaves(positive_matrix(3, 4, 1)));
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.leaf, 0U);
  EXPECT_EQ(report.row, 1);
  EXPECT_EQ(report.col, 2);
  EXPECT_THAT(report.message, HasSubstr("leaf 0 (1, 2)"));
}

TEST(GradientCheck, CatchesAMissingGradient) {
  const auto report = check(
      [](Tape& t, auto v) {
        // The value of v[1] is used, its gradient forgotten.
        return multiply(t, v[0], t.constant(t.value(v[1])));
      },
      leaves(random_matrix(2, 3, 2), random_matrix(2, 3, 3)));
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.leaf, 1U);
  EXPECT_EQ(report.analytic, 0.0);
}

TEST(GradientCheck, CatchesANotANumber) {
  const float nan = std::nanf("");
  EXPECT_FALSE(check([&](Tape& t, auto v) { return cube(t, v[0], nan); }, leaves(random_matrix(2, 3, 2))).ok);
  EXPECT_FALSE(check([&](Tape& t, auto v) { return scale(t, v[0], nan); }, leaves(random_matrix(2, 3, 2))).ok);
}

TEST(GradientCheck, CatchesWritingBesideAStridedGradient) {
  const auto report = check([](Tape& t, auto v) { return cube(t, v[0], 1.0F, true); }, leaves(random_matrix(2, 3, 2)));
  EXPECT_FALSE(report.ok);
  EXPECT_THAT(report.message, HasSubstr("beside"));
}

TEST(GradientCheck, RefusesToPassWhatItCannotSee) {
  const auto report = check([](Tape& t, auto v) { return scale(t, v[0], 0.0F); }, leaves(random_matrix(2, 3, 2)));
  EXPECT_FALSE(report.ok);
  EXPECT_THAT(report.message, HasSubstr("nothing was checked"));
}

TEST(GradientCheck, PutsTheValuesBack) {
  Matrix<float> x = random_matrix(2, 2, 5);
  const Matrix<float> before = Matrix<float>::copy_of(x.view());
  Matrix<float> ones(2, 2);
  fill(ones.view(), 1.0F);
  const CheckedLeaf leaf{x.view(), ones.view()};
  const auto report =
      compare_with_differences({&leaf, 1}, [&] { return std::vector<double>(x.data(), x.data() + x.size()); });
  EXPECT_TRUE(report.ok) << report.message;
  EXPECT_TRUE(std::equal(x.data(), x.data() + x.size(), before.data()));
}

}  // namespace
}  // namespace monet::autograd::testing
