#include "monet/kernels/code_bounds.h"

#include "monet/core/rng.h"
#include "tests/kernels/every_target.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace monet::test::code_bounds_test {

using kernels::kCodeItems;

constexpr std::array<std::size_t, 4> kOrder{0, 2, 1, 3};

/// A block and vectors at random, of as large codes and words as there may be where `extreme`.
struct Block {
  Block(Index count, Index groups, bool extreme, bool in_bytes = false) : groups_(groups) {
    Rng rng(5, static_cast<std::uint64_t>(count * 100 + groups));
    const std::int32_t most = in_bytes ? kernels::kLargestByte : kernels::largest_step(groups * 4);
    for (Index i = 0; i < groups * kCodeItems * 4; ++i) {
      codes.push_back(extreme ? 255 : static_cast<std::uint8_t>(1 + rng.below(255)));
    }
    for (Index v = 0; v < count; ++v) {
      std::int32_t sum = 0;
      for (Index i = 0; i < groups * 4; ++i) {
        const auto word =
            extreme ? most : static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(2 * most))) - most;
        words.push_back(static_cast<std::int16_t>(word));
        sum += word;
      }
      offsets.push_back(kernels::kCodeZero * sum);
      steps.push_back(static_cast<float>(rng.uniform(0.5, 1.0)) / static_cast<float>(most));
      bases.push_back(static_cast<float>(rng.normal()));
    }
    for (Index i = 0; i < kCodeItems; ++i) {
      scales.push_back(static_cast<float>(rng.uniform(0.001, 0.01)));
      prior.push_back(static_cast<float>(rng.normal()));
    }
    for (std::size_t i = 0; in_bytes && i < words.size(); ++i) {
      bytes.push_back(static_cast<std::int8_t>(words[i - i % 4 + kOrder[i % 4]]));
    }
    vectors = {count,          groups,       words.data(),           in_bytes ? bytes.data() : nullptr,
               offsets.data(), steps.data(), count > 1 ? 0.8F : 0.0F};
    block = {codes.data(), scales.data(), prior.data(), bases.data(), 0.03F, 0.001F};
  }

  double product(std::size_t v, std::size_t item) const {
    std::int64_t sum = 0;
    for (std::size_t g = 0; g < static_cast<std::size_t>(groups_); ++g) {
      for (std::size_t c = 0; c < 4; ++c) {
        const int code = codes[(g * kCodeItems + item) * 4 + kOrder[c]] - kernels::kCodeZero;
        sum += std::int64_t{code} * words[(v * static_cast<std::size_t>(groups_) + g) * 4 + c];
      }
    }
    return static_cast<double>(bases[v]) +
           static_cast<double>(steps[v]) * static_cast<double>(scales[item]) * static_cast<double>(sum);
  }

  Index groups_;
  std::vector<std::uint8_t> codes;
  std::vector<std::int16_t> words;
  std::vector<std::int8_t> bytes;
  std::vector<std::int32_t> offsets;
  std::vector<float> steps, bases, scales, prior;
  kernels::CodeVectors vectors;
  kernels::CodeBlock block;
};

void expect_the_formula(bool in_bytes) {
  for (const Index count : {1, 2, 3, 5, 6, 7, 12, 13, 40}) {
    for (const Index groups : {1, 2, 7, 32}) {
      for (const bool extreme : {false, true}) {
        for (const bool with_prior : {false, true}) {
          Block problem(count, groups, extreme, in_bytes);
          if (!with_prior) problem.block.prior = nullptr;
          std::array<float, kCodeItems> upper{}, lower{};
          kernels::code_bounds(problem.block, problem.vectors, 0.0F, upper.data(), lower.data());
          for (std::size_t item = 0; item < kCodeItems; ++item) {
            const double mean = problem.product(0, item);
            double highest = mean, lowest = mean, largest = std::abs(mean);
            for (std::size_t v = 1; v < static_cast<std::size_t>(count); ++v) {
              const double score = problem.product(v, item);
              highest = v == 1 ? score : std::max(highest, score);
              lowest = v == 1 ? score : std::min(lowest, score);
              largest = std::max(largest, std::abs(score));
            }
            const double range = highest - lowest + 0.06;
            const double prior = with_prior ? static_cast<double>(problem.prior[item]) : 0.0;
            const double quarter = count > 1 ? static_cast<double>(problem.vectors.quarter) : 0.0;
            const double spread = range * range * quarter;
            // A handful of operations on numbers of this size.
            const double near = 16.0 * 0x1p-24 * (largest + spread + std::abs(prior) + 1.0);
            EXPECT_NEAR(upper[item], std::min(highest, mean + spread) + 0.031 + prior, near);
            EXPECT_NEAR(lower[item], mean - 0.03 + prior, near);
          }
        }
      }
    }
  }
}

TEST(CodeBounds, AreThoseOfTheFormula) {
  monet::testing::on_every_target([] { expect_the_formula(false); });
}

TEST(CodeBounds, OfBytesAreThoseOfTheFormulaToo) {
  monet::testing::on_every_target([] { expect_the_formula(true); });
}

TEST(CodeBounds, SayWhetherAnyItemReachesTheLeast) {
  Block problem(4, 8, false);
  std::array<float, kCodeItems> upper{}, lower{};
  kernels::code_bounds(problem.block, problem.vectors, 0.0F, upper.data(), lower.data());
  const float most = *std::max_element(upper.begin(), upper.end());
  EXPECT_TRUE(kernels::code_bounds(problem.block, problem.vectors, most, upper.data(), lower.data()));
  EXPECT_FALSE(
      kernels::code_bounds(problem.block, problem.vectors, std::nextafter(most, 1e30F), upper.data(), lower.data()));
}

TEST(CodeBounds, LargestStepLeavesSumsBelowTwoToTheThirtyFirst) {
  for (const Index columns : {Index{1}, Index{128}, Index{4096}, kernels::kMostCodeColumns}) {
    const std::int64_t step = kernels::largest_step(columns);
    EXPECT_GE(step, 1);
    EXPECT_LE(step, 32767);
    EXPECT_LT(255 * step * columns + 128 * step * columns, std::int64_t{1} << 31);
  }
}

}  // namespace monet::test::code_bounds_test
