#pragma once

#include "monet/core/view.h"

#include <span>
#include <vector>

namespace monet::eval {

/// Of a two-sided test: the chance of a statistic at least this far out when there is no difference.
struct Significance {
  double statistic = 0.0;
  double p = 1.0;
};

/// The mean of a − b and its standard error, sd / √n with n − 1 in the sd; 0 of fewer than two pairs.
struct PairedDifference {
  double mean = 0.0;
  double standard_error = 0.0;
};
/// Throws InvalidArgument for different lengths. O(n).
PairedDifference paired_difference(std::span<const double> a, std::span<const double> b);

/// Student's paired t-test of a against b: t = mean(d) / (sd(d) / √n) with d = a − b and n − 1 degrees of freedom.
/// Differences that are all the same have no spread: t is 0 and p is 1 where they are zero, otherwise t is infinite and
/// p is 0. Fewer than two pairs say nothing (p = 1). Throws InvalidArgument for different lengths. O(n).
Significance paired_t_test(std::span<const double> a, std::span<const double> b);

/// Wilcoxon's signed-rank test of a against b. Pairs without a difference are left out (Wilcoxon's own way); equal
/// absolute differences share the mean of their ranks, where equal means within rounding (1e-12 of the largest). The
/// statistic is W⁺, the sum of the ranks where a is larger. Up to `kExactPairs` differences p is exact, ties included;
/// beyond, W⁺ is normal with mean n(n+1)/4 and variance n(n+1)(2n+1)/24 − Σ(t³−t)/48 over the groups of t ties, without
/// a continuity correction. Throws InvalidArgument for different lengths. O(n log n).
Significance wilcoxon_signed_rank(std::span<const double> a, std::span<const double> b);
inline constexpr Index kExactPairs = 25;

/// Holm's step-down correction for several tests at once: p values, in the order given, such that those below a level
/// keep the chance of one false finding among all below that level. With p(1) ≤ … ≤ p(m): the running maximum of
/// (m − k + 1) p(k), at most 1.
std::vector<double> holm(std::span<const double> p);

/// P(|T| ≥ |t|) of Student's t with `freedom` > 0 degrees of freedom, accurate into the far tails.
double student_t_two_sided(double t, double freedom);

}  // namespace monet::eval
