#include "monet/core/rng.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <vector>

namespace monet {
namespace {

// The published algorithm from a known state, worked by hand: rotl(s1 * 5, 7) * 9, then the state's update.
TEST(Rng, IsXoshiro256StarStar) {
  Rng rng = Rng::from_state({1, 2, 3, 4});
  EXPECT_EQ(rng.next(), 11520U);
  EXPECT_EQ(rng.next(), 0U);
  EXPECT_EQ(rng.next(), 1509978240U);
  EXPECT_EQ(rng.next(), 1215971899390074240U);
}

TEST(Rng, TheSameSeedGivesTheSameNumbersAndAnotherSeedOrStreamOthers) {
  std::set<std::uint64_t> first;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (std::uint64_t stream = 0; stream < 20; ++stream) {
      Rng a(seed, stream);
      Rng b(seed, stream);
      EXPECT_EQ(a.next(), b.next());
      first.insert(a.next());
    }
  }
  EXPECT_EQ(first.size(), 400U);
}

TEST(Rng, StateCarriesOn) {
  Rng rng(5);
  for (int n = 0; n < 10; ++n) rng.next();
  Rng resumed = Rng::from_state(rng.state());
  for (int n = 0; n < 100; ++n) EXPECT_EQ(rng.next(), resumed.next());
  EXPECT_EQ(rng.normal(), resumed.normal());
}

TEST(Rng, BelowIsUniformWithinItsBound) {
  Rng rng(11);
  constexpr std::uint64_t kBound = 7;
  constexpr int kDraws = 70000;
  std::array<int, kBound> counts{};
  for (int n = 0; n < kDraws; ++n) {
    const std::uint64_t drawn = rng.below(kBound);
    ASSERT_LT(drawn, kBound);
    ++counts[drawn];
  }
  // Six standard deviations of a binomial count.
  const double expected = static_cast<double>(kDraws) / kBound;
  const double tolerance = 6.0 * std::sqrt(expected * (1.0 - 1.0 / kBound));
  for (const int count : counts) EXPECT_NEAR(count, expected, tolerance);
  for (int n = 0; n < 100; ++n) EXPECT_EQ(rng.below(1), 0U);
}

// For a bound of 3/4 of the range, plain scaling sends two of four draws to the multiples of 3: only rejection evens it
// out.
TEST(Rng, BelowHasNoBiasForHugeBounds) {
  Rng rng(12);
  constexpr std::uint64_t kBound = std::uint64_t{3} << 62;
  int multiples = 0;
  constexpr int kDraws = 20000;
  for (int n = 0; n < kDraws; ++n) multiples += rng.below(kBound) % 3 == 0 ? 1 : 0;
  EXPECT_NEAR(multiples, kDraws / 3.0, 6.0 * std::sqrt(kDraws * 2.0 / 9.0));
}

TEST(Rng, UniformStaysInItsRangeAndHasTheRightMoments) {
  Rng rng(13);
  constexpr int kDraws = 100000;
  double sum = 0.0;
  double squares = 0.0;
  for (int n = 0; n < kDraws; ++n) {
    const double x = rng.uniform(-2.0, 4.0);
    ASSERT_GE(x, -2.0);
    ASSERT_LT(x, 4.0);
    sum += x;
    squares += x * x;
  }
  const double mean = sum / kDraws;
  const double variance = squares / kDraws - mean * mean;
  EXPECT_NEAR(mean, 1.0, 6.0 * std::sqrt(3.0 / kDraws));
  EXPECT_NEAR(variance, 3.0, 0.05);
}

TEST(Rng, NormalHasTheRightMomentsAndTails) {
  Rng rng(14);
  constexpr int kDraws = 100000;
  double sum = 0.0;
  double squares = 0.0;
  int beyond_two = 0;
  for (int n = 0; n < kDraws; ++n) {
    const double x = rng.normal();
    sum += x;
    squares += x * x;
    beyond_two += std::abs(x) > 2.0 ? 1 : 0;
  }
  EXPECT_NEAR(sum / kDraws, 0.0, 6.0 / std::sqrt(static_cast<double>(kDraws)));
  EXPECT_NEAR(squares / kDraws, 1.0, 6.0 * std::sqrt(2.0 / kDraws));
  constexpr double kShareBeyondTwo = 0.04550026;
  EXPECT_NEAR(beyond_two, kShareBeyondTwo * kDraws, 6.0 * std::sqrt(kShareBeyondTwo * kDraws));
}

TEST(Rng, ShufflesWithTheStandardLibrary) {
  Rng rng(15);
  std::vector<int> values{1, 2, 3, 4, 5, 6, 7, 8};
  std::shuffle(values.begin(), values.end(), rng);
  EXPECT_THAT(values, ::testing::UnorderedElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

}  // namespace
}  // namespace monet
