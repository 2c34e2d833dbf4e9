#include "monet/kernels/adam.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"

#include <span>
#include <vector>

namespace monet::kernels::testing {
namespace {

/// Arrays of an update that start one float off any alignment.
struct State {
  explicit State(std::size_t size) : gradient(size + 1), first(size + 1), second(size + 1), parameters(size + 1) {
    Rng rng(size);
    for (std::size_t i = 0; i <= size; ++i) {
      gradient[i] = static_cast<float>(rng.uniform(-1.0, 1.0));
      first[i] = static_cast<float>(rng.uniform(-0.1, 0.1));
      second[i] = static_cast<float>(rng.uniform(0.0, 0.1));
      parameters[i] = static_cast<float>(rng.uniform(-2.0, 2.0));
    }
  }
  static std::span<float> tail(std::vector<float>& v) { return std::span(v).subspan(1); }
  void update(const AdamStep& step) { adam(step, tail(gradient), tail(first), tail(second), tail(parameters)); }
  void update_reference(const AdamStep& step) {
    adam_reference(step, tail(gradient), tail(first), tail(second), tail(parameters));
  }
  std::vector<float> gradient, first, second, parameters;
};

TEST(Adam, StepHoldsTheConstantsOfItsTime) {
  const AdamStep step = AdamStep::at(3, 1e-3);
  EXPECT_FLOAT_EQ(step.rest2, 0.001F);
  EXPECT_FLOAT_EQ(step.rest1, 0.1F);
  EXPECT_FLOAT_EQ(step.step_size, static_cast<float>(1e-3 / (1.0 - 0.729)));
  EXPECT_FLOAT_EQ(step.inverse_root_bias, static_cast<float>(1.0 / std::sqrt(1.0 - 0.997002999)));
}

// From zero moments both moments are unbiased at once: the first step is lr · sign(g), but for epsilon.
TEST(Adam, FirstStepIsTheLearningRateAgainstTheGradient) {
  for (const float g : {0.5F, -0.5F, 1e-3F, -40.0F}) {
    float m = 0.0F, v = 0.0F, theta = 1.0F;
    adam(AdamStep::at(1, 0.25), {&g, 1}, {&m, 1}, {&v, 1}, {&theta, 1});
    EXPECT_TRUE(close(theta, g > 0.0F ? 0.75 : 1.25, 1e-5 * 0.25 + 8.0 * kUnit)) << g;
    EXPECT_FLOAT_EQ(m, 0.1F * g);
    EXPECT_FLOAT_EQ(v, 0.001F * g * g);
  }
}

TEST(Adam, MatchesFloat64AtEveryLengthAndTime) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      const auto size = static_cast<std::size_t>(width);
      for (const std::int64_t t : {1, 7, 1000, 1000000}) {
        const AdamStep step = AdamStep::at(t, 1e-2);
        const State before(size);
        State got(size), want(size);
        got.update(step);
        want.update_reference(step);
        for (const auto member : {&State::first, &State::second, &State::parameters}) {
          EXPECT_TRUE(same_bits((got.*member)[0], (before.*member)[0]));
        }
        for (std::size_t i = 1; i <= size; ++i) {
          // Two products, a sum, and the rounding of the reference's own result.
          const double moment =
              4.0 * kUnit * (std::abs(step.beta1 * before.first[i]) + std::abs(step.rest1 * before.gradient[i]));
          EXPECT_TRUE(close(got.first[i], want.first[i], moment));
          EXPECT_TRUE(close(got.second[i], want.second[i], 5.0 * kUnit * want.second[i]));
          const double divisor = std::sqrt(static_cast<double>(want.second[i])) * step.inverse_root_bias + step.epsilon;
          const double change = step.step_size * std::abs(want.first[i]) / divisor;
          const double theta =
              step.step_size * moment / divisor + 10.0 * kUnit * change + 2.0 * kUnit * std::abs(want.parameters[i]);
          EXPECT_TRUE(close(got.parameters[i], want.parameters[i], theta));
        }
      }
    }
  });
}

TEST(Adam, NoGradientAndNoMomentsChangeNothing) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      const auto size = static_cast<std::size_t>(width);
      const std::vector<float> zero(size, 0.0F);
      std::vector<float> first = zero, second = zero, parameters(size, 0.37F);
      adam(AdamStep::at(5, 1e-2), zero, first, second, parameters);
      EXPECT_EQ(first, zero);
      EXPECT_EQ(second, zero);
      EXPECT_EQ(parameters, std::vector<float>(size, 0.37F));
    }
  });
}

TEST(Adam, ANotANumberStaysInItsEntry) {
  monet::testing::on_every_target([] {
    for (const std::size_t bad : {0U, 20U, 32U}) {
      std::vector<float> g(33, 0.5F), first(33, 0.0F), second(33, 0.0F), parameters(33, 1.0F);
      g[bad] = std::numeric_limits<float>::quiet_NaN();
      adam(AdamStep::at(1, 1e-2), g, first, second, parameters);
      for (std::size_t i = 0; i < 33; ++i) EXPECT_EQ(std::isnan(parameters[i]), i == bad);
    }
  });
}

TEST(Adam, NothingToUpdate) {
  adam(AdamStep::at(1, 1e-2), {}, {}, {}, {});
}

}  // namespace
}  // namespace monet::kernels::testing
