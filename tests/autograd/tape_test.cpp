#include "monet/autograd/tape.h"

#include "monet/autograd/ops/half_squared_norm.h"
#include "monet/autograd/ops/multiply.h"
#include "monet/autograd/ops/scale.h"
#include "monet/core/error.h"
#include "tests/autograd/step_support.h"

namespace monet::autograd::testing {
namespace {

TEST(Tape, AddsTheContributionsOfEveryConsumer) {
  ThreadPool pool(1);
  Tape tape(pool);
  Trainable x(leaves(random_matrix(3, 4, 1)));
  const Var v = x.on(tape)[0];
  // x ⊙ x uses it twice in one operation, scale a third time: ½‖x²·2x‖² = 2 Σ x⁶.
  const Var y = multiply(tape, multiply(tape, v, v), scale(tape, v, 2.0F));
  const Var loss = half_squared_norm(tape, y, 1.0F);
  tape.backward(loss);
  double total = 0.0;
  for (Index k = 0; k < 12; ++k) {
    const double value = x.values[0].data()[k];
    total += 2.0 * std::pow(value, 6);
    EXPECT_NEAR(x.grads[0].data()[k], 12.0 * std::pow(value, 5), 1e-5);
  }
  EXPECT_NEAR(tape.scalar(loss), total, 1e-5);
}

TEST(Tape, AParameterThatIsNotReachedGetsZero) {
  ThreadPool pool(1);
  Tape tape(pool);
  Trainable x(leaves(random_matrix(2, 2, 1), random_matrix(3, 5, 2)));
  const auto v = x.on(tape);
  scale(tape, v[1], 3.0F);  // used, but not by the loss
  tape.backward(half_squared_norm(tape, v[0], 1.0F));
  for (Index k = 0; k < 15; ++k) EXPECT_EQ(x.grads[1].data()[k], 0.0F);
  for (Index k = 0; k < 4; ++k) EXPECT_EQ(x.grads[0].data()[k], x.values[0].data()[k]);
}

TEST(Tape, AConstantNeedsNoGradientAndTakesNone) {
  ThreadPool pool(1);
  Tape tape(pool);
  const Matrix<float> m = random_matrix(2, 2, 1);
  const Var c = tape.constant(m.view());
  EXPECT_FALSE(tape.needs_grad(c));
  EXPECT_FALSE(tape.needs_grad(scale(tape, c, 2.0F)));
  EXPECT_THROW(tape.contribute(c), InternalError);
  tape.backward(half_squared_norm(tape, c, 1.0F));
  EXPECT_FALSE(tape.has_grad(c));
}

TEST(Tape, KeepsNothingForBackwardWhenItDoesNotRecord) {
  ThreadPool pool(1);
  Tape tape(pool);
  Trainable x(leaves(random_matrix(2, 2, 1)));
  {
    const NoGradient outer(tape);
    const NoGradient inner(tape);
    EXPECT_FALSE(tape.recording());
    const Var y = half_squared_norm(tape, x.on(tape)[0], 1.0F);
    EXPECT_FALSE(tape.needs_grad(y));
    tape.backward(y);
    EXPECT_TRUE(std::isnan(x.grads[0](0, 0)));  // untouched
  }
  EXPECT_TRUE(tape.recording());
  try {
    const NoGradient left_by_an_exception(tape);
    throw InternalError("");
  } catch (const InternalError&) {
    EXPECT_TRUE(tape.recording());
  }
}

TEST(Tape, GivesTheMemoryOfAValueAway) {
  ThreadPool pool(1);
  Tape tape(pool);
  const Matrix<float> m = random_matrix(3, 2, 1);
  const Var c = tape.constant(m.view());
  const Var y = scale(tape, c, 2.0F);
  EXPECT_TRUE(tape.take_value(c).empty()) << "not the tape's own";
  const std::size_t before = tape.bytes();
  const Matrix<float> taken = tape.take_value(y);
  EXPECT_EQ(tape.value(y).data, taken.data());
  EXPECT_LT(tape.bytes(), before);
  tape.clear();
  scale(tape, c, 3.0F);
  EXPECT_EQ(taken(0, 0), 2.0F * m(0, 0)) << "later steps do not write there";
}

TEST(Tape, RefusesWhatHasNoMeaning) {
  expect_refused([](Tape& t) { t.backward(t.make(2, 1, {})); }, "[backward] the loss is 2 x 1, not a scalar");
  Matrix<float> value(2, 3), grad(3, 2);
  expect_refused([&](Tape& t) { t.parameter(value.view(), grad.view()); },
                 "[tape] a parameter of 2 x 3 with a gradient of 3 x 2");
  expect_refused([&](Tape& t) { t.grad(t.make(1, 1, {})); },
                 "[tape] the gradient of value 0 was read before it was written");
}

TEST(Tape, LaterStepsReuseTheMemoryOfTheFirst) {
  ThreadPool pool(1);
  Tape tape(pool);
  Trainable x(leaves(random_matrix(40, 30, 1)));
  std::size_t after_first = 0;
  for (int step = 0; step < 5; ++step) {
    tape.clear();
    const Var v = x.on(tape)[0];
    const Var y = multiply(tape, scale(tape, v, 2.0F), multiply(tape, v, v));
    {
      auto scratch = tape.scratch(40, 30);
      fill(scratch.view(), std::numeric_limits<float>::quiet_NaN());
    }
    tape.backward(half_squared_norm(tape, y, 1.0F));
    if (step == 0) after_first = tape.bytes();
    EXPECT_EQ(tape.bytes(), after_first);
    EXPECT_TRUE(std::isfinite(x.grads[0](3, 3)));
  }
  EXPECT_GT(after_first, 40U * 30U * sizeof(float));
}

TEST(Tape, MemoryOfSizesThatVaryDoesNotPileUp) {
  ThreadPool pool(1);
  Tape tape(pool);
  const auto step = [&](Index rows) {
    tape.clear();
    Trainable x(leaves(random_matrix(rows, 5, 1)));
    const Var y = scale(tape, x.on(tape)[0], 2.0F);
    auto scratch = tape.scratch(rows, 3);
    EXPECT_EQ(scratch.view().rows, rows);
    EXPECT_EQ(tape.rows(y), rows);
    tape.backward(half_squared_norm(tape, y, 1.0F));
  };
  step(599);
  const std::size_t of_the_largest = tape.bytes();
  for (Index rows = 500; rows < 600; ++rows) step(rows);
  EXPECT_LE(tape.bytes(), 3 * of_the_largest);
}

TEST(Tape, ScratchInUseIsNotHandedOutTwice) {
  ThreadPool pool(1);
  Tape tape(pool);
  auto first = tape.scratch(4, 4);
  auto second = tape.scratch(4, 4);
  EXPECT_NE(first.view().data, second.view().data);
  const auto moved = std::move(first);
  EXPECT_NE(tape.scratch(4, 4).view().data, second.view().data);
}

// The judge of the tests of the fused operations.
TEST(NearAll, FailsOnAnyEntryThatIsOff) {
  Matrix<float> got(2, 3);
  Reference want(2, 3);
  for (Index k = 0; k < 6; ++k)
    want.data[static_cast<std::size_t>(k)] = static_cast<double>(got.data()[k] = static_cast<float>(k));
  EXPECT_TRUE(near_all(got.view(), want, 0.0));
  for (const float wrong :
       {5.1F, -5.0F, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    got(1, 2) = wrong;
    EXPECT_FALSE(near_all(got.view(), want, 1e-3)) << wrong;
  }
  EXPECT_FALSE(near_all(got.view(), Reference(2, 3), 1.0)) << "a reference of zeros proves nothing";
  EXPECT_FALSE(near_all(got.view(), Reference(3, 2), 1.0));
}

}  // namespace
}  // namespace monet::autograd::testing
