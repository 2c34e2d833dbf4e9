#include "monet/train/optimizer.h"

#include "monet/core/rng.h"
#include "monet/kernels/adam.h"

#include <gmock/gmock.h>

#include <vector>

namespace monet::train {
namespace {

struct Problem {
  models::ParameterSet parameters;
  Problem() {
    parameters.add("table", 700, 64);  // large enough to be shared among workers
    parameters.add_vector("bias", 5);
    Rng rng(3);
    for (auto& block : parameters.blocks()) {
      for (Index i = 0; i < block.value.size(); ++i) block.value.data()[i] = static_cast<float>(rng.normal());
    }
  }
  void draw_gradients(Rng& rng) {
    for (auto& block : parameters.blocks()) {
      for (Index i = 0; i < block.grad.size(); ++i) block.grad.data()[i] = static_cast<float>(0.01 * rng.normal());
    }
  }
};

TEST(Adam, AgreesWithTheReferenceOverSeveralSteps) {
  Problem problem;
  auto& block = problem.parameters.blocks().front();
  const auto size = static_cast<std::size_t>(block.value.size());
  std::vector<float> theta(block.value.data(), block.value.data() + size);
  std::vector<float> first(size, 0.0F), second(size, 0.0F);
  Adam optimizer(problem.parameters);
  ThreadPool pool(2);
  Rng rng(4);
  for (int step = 1; step <= 5; ++step) {
    problem.draw_gradients(rng);
    optimizer.step(pool, 1e-3);
    kernels::adam_reference(kernels::AdamStep::at(step, 1e-3), {block.grad.data(), size}, first, second, theta);
  }
  // Each step moves an entry by at most about 1e-3, with a few roundings of relative size 6e-8.
  for (std::size_t i = 0; i < size; ++i) ASSERT_NEAR(block.value.data()[i], theta[i], 2e-6) << "entry " << i;
  EXPECT_EQ(optimizer.steps(), 5);
}

TEST(Adam, DoesNotDependOnThreads) {
  Problem one, three;
  Adam a(one.parameters), b(three.parameters);
  ThreadPool single(1), team(3);
  Rng first(5), second(5);
  for (int step = 0; step < 3; ++step) {
    one.draw_gradients(first);
    three.draw_gradients(second);
    a.step(single, 1e-2);
    b.step(team, 1e-2);
  }
  for (std::size_t block = 0; block < 2; ++block) {
    const auto& x = one.parameters.blocks()[block].value;
    const auto& y = three.parameters.blocks()[block].value;
    for (Index i = 0; i < x.size(); ++i) ASSERT_EQ(x.data()[i], y.data()[i]) << "block " << block << ", entry " << i;
  }
}

TEST(Adam, ARowWithoutGradientMovesWhileItsMomentsLast) {
  Problem problem;
  Adam optimizer(problem.parameters);
  ThreadPool pool(1);
  Rng rng(6);
  problem.draw_gradients(rng);
  optimizer.step(pool, 1e-3);
  const float before = problem.parameters.blocks().front().value(0, 0);
  for (auto& block : problem.parameters.blocks()) fill(block.grad.view(), 0.0F);
  optimizer.step(pool, 1e-3);
  EXPECT_NE(problem.parameters.blocks().front().value(0, 0), before);
}

TEST(Adam, LeavesBlocksAloneThatAreNotTrainable) {
  Problem problem;
  problem.parameters.blocks().front().trainable = false;
  const float frozen = problem.parameters.blocks().front().value(3, 3);
  const float moving = problem.parameters.blocks().back().value(0, 2);
  Adam optimizer(problem.parameters);
  EXPECT_EQ(optimizer.first_moments().size(), 1U);
  ThreadPool pool(1);
  Rng rng(4);
  problem.draw_gradients(rng);
  optimizer.step(pool, 1e-3);
  EXPECT_EQ(problem.parameters.blocks().front().value(3, 3), frozen);
  EXPECT_NE(problem.parameters.blocks().back().value(0, 2), moving);
  EXPECT_EQ(problem.parameters.size(), 5);
}

}  // namespace
}  // namespace monet::train
