// Tests of significance against printed tables, closed forms and values worked by hand.
#include "monet/eval/significance.h"

#include "monet/core/error.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

namespace monet::eval {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

constexpr double kExact = 1e-12;

TEST(StudentT, ClosedFormsOfOneAndTwoDegrees) {
  // One degree is Cauchy's distribution; two degrees have P = 1 - t/√(t²+2).
  for (const double t : {0.0, 0.1, 1.0, 3.0, 50.0, 1e6}) {
    const double cauchy = 2.0 * std::atan2(1.0, t) / std::numbers::pi;
    EXPECT_NEAR(student_t_two_sided(t, 1.0) / cauchy, 1.0, kExact) << t;
    EXPECT_NEAR(student_t_two_sided(-t, 1.0), student_t_two_sided(t, 1.0), 0.0);
    const double root = std::sqrt(t * t + 2.0);
    EXPECT_NEAR(student_t_two_sided(t, 2.0) / (2.0 / (root * (root + t))), 1.0, 1e-11) << t;
  }
}

TEST(StudentT, PrintedCriticalValues) {
  // Two-sided 5 % and 0.1 % points of the usual table.
  EXPECT_NEAR(student_t_two_sided(2.571, 5), 0.05, 3e-5);
  EXPECT_NEAR(student_t_two_sided(2.228, 10), 0.05, 2e-5);
  EXPECT_NEAR(student_t_two_sided(2.042, 30), 0.05, 3e-5);
  EXPECT_NEAR(student_t_two_sided(6.869, 5), 0.001, 1e-6);
  // With a million degrees it is the normal distribution.
  EXPECT_NEAR(student_t_two_sided(1.959964, 1e6), 0.05, 1e-6);
  EXPECT_NEAR(student_t_two_sided(8.0, 1e6) / std::erfc(8.0 / std::sqrt(2.0)), 1.0, 2e-3);
}

TEST(PairedT, WorkedByHand) {
  // d = 1, 2, 3, 6: mean 3, sum of squares 14, standard error √(14/3/4); t = 3/√(7/6).
  const std::vector<double> a{2, 4, 6, 10};
  const std::vector<double> b{1, 2, 3, 4};
  const Significance result = paired_t_test(a, b);
  EXPECT_NEAR(result.statistic, 3.0 / std::sqrt(7.0 / 6.0), kExact);
  // Three degrees: P = 1 - (2/π)(u/(1+u²) + atan u) with u = t/√3.
  const double u = result.statistic / std::sqrt(3.0);
  EXPECT_NEAR(result.p, 1.0 - 2.0 / std::numbers::pi * (u / (1.0 + u * u) + std::atan(u)), kExact);
  const Significance swapped = paired_t_test(b, a);
  EXPECT_EQ(swapped.statistic, -result.statistic);
  EXPECT_EQ(swapped.p, result.p);
}

TEST(PairedT, WithoutSpreadOrPairs) {
  const std::vector<double> a{0.5, 0.25, 0.125};
  EXPECT_EQ(paired_t_test(a, a).p, 1.0);
  const std::vector<double> above{1.5, 1.25, 1.125};
  EXPECT_EQ(paired_t_test(above, a).p, 0.0);
  EXPECT_EQ(paired_t_test(above, a).statistic, INFINITY);
  EXPECT_EQ(paired_t_test(a, above).statistic, -INFINITY);
  EXPECT_EQ(paired_t_test(std::span(a).first(1), std::span(above).first(1)).p, 1.0);
  EXPECT_THROW(paired_t_test(a, std::span(a).first(2)), InvalidArgument);
}

TEST(Wilcoxon, ExactForFewPairs) {
  // Differences 1..5, all positive: W⁺ = 15, one of 32 sign patterns on either side.
  const std::vector<double> zero(6, 0.0);
  const std::vector<double> up{1, 2, 3, 4, 5};
  EXPECT_EQ(wilcoxon_signed_rank(up, std::span(zero).first(5)).statistic, 15.0);
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(up, std::span(zero).first(5)).p, 2.0 / 32.0);
  // -1 instead of 1: W⁺ = 14, W⁻ = 1; sums of at most 1 are {} and {1}.
  const std::vector<double> mixed{-1, 2, 3, 4, 5};
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(mixed, std::span(zero).first(5)).p, 4.0 / 32.0);
  // A pair without a difference changes nothing.
  const std::vector<double> with_zero{-1, 2, 0, 3, 4, 5};
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(with_zero, zero).p, 4.0 / 32.0);
}

TEST(Wilcoxon, TiesShareTheirRanks) {
  // |d| = 1, 1, 2 with signs -, +, +: ranks 1.5, 1.5, 3; W⁻ = 1.5; subsets of sum ≤ 1.5: {}, {1.5}, {1.5}.
  const std::vector<double> zero(3, 0.0);
  const std::vector<double> d{-1, 1, 2};
  EXPECT_EQ(wilcoxon_signed_rank(d, zero).statistic, 4.5);
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(d, zero).p, 6.0 / 8.0);
  // 0.1 + 0.2 and 0.3 differ by rounding only.
  const std::vector<double> rounded{-(0.1 + 0.2), 0.3, 0.6};
  EXPECT_DOUBLE_EQ(wilcoxon_signed_rank(rounded, zero).p, 6.0 / 8.0);
  EXPECT_EQ(wilcoxon_signed_rank(zero, zero).p, 1.0);
}

TEST(Wilcoxon, PrintedCriticalValues) {
  // n = 25: the two-sided 5 % point of the table is 89, so p ≤ 0.05 there and more at 90. Ranks 1..25, negative ones
  // adding up to 89 = 25 + 24 + 23 + 17 and 90.
  const std::vector<double> zero(25, 0.0);
  const auto p_of = [&](std::vector<int> negative) {
    std::vector<double> d(25);
    for (int i = 0; i < 25; ++i) d[static_cast<std::size_t>(i)] = i + 1;
    for (const int rank : negative) d[static_cast<std::size_t>(rank - 1)] *= -1.0;
    return wilcoxon_signed_rank(d, zero).p;
  };
  EXPECT_LE(p_of({25, 24, 23, 17}), 0.05);
  EXPECT_GT(p_of({25, 24, 23, 18}), 0.05);
}

TEST(Wilcoxon, NormalBeyond) {
  // d = 1..100 with every fourth negative: W⁻ = 4 + 8 + … + 100 = 1300, W⁺ = 3750.
  std::vector<double> d(100);
  for (int i = 1; i <= 100; ++i) d[static_cast<std::size_t>(i - 1)] = i % 4 == 0 ? -i : i;
  const std::vector<double> zero(100, 0.0);
  const Significance result = wilcoxon_signed_rank(d, zero);
  EXPECT_EQ(result.statistic, 3750.0);
  const double z = (3750.0 - 2525.0) / std::sqrt(100.0 * 101.0 * 201.0 / 24.0);
  EXPECT_NEAR(result.p, std::erfc(z / std::sqrt(2.0)), kExact);
  // All magnitudes equal: one group of ties, and the test is the sign test's normal form: z = (#⁺ − #⁻) / √n.
  for (double& x : d) x = x < 0.0 ? -1.0 : 1.0;
  EXPECT_NEAR(wilcoxon_signed_rank(d, zero).p, std::erfc(50.0 / 10.0 * 1.0 / std::sqrt(2.0)), kExact);
}

TEST(Holm, WorkedByHand) {
  // Sorted 0.01 0.02 0.03 0.04 times 4 3 2 1, never falling.
  const std::vector<double> p{0.04, 0.01, 0.03, 0.02};
  EXPECT_THAT(holm(p), ElementsAre(DoubleNear(0.06, kExact), DoubleNear(0.04, kExact), DoubleNear(0.06, kExact),
                                   DoubleNear(0.06, kExact)));
  EXPECT_THAT(holm(std::vector<double>{0.7, 0.6}), ElementsAre(1.0, 1.0));
  EXPECT_THAT(holm({}), ElementsAre());
}

}  // namespace
}  // namespace monet::eval
