#include "monet/eval/significance.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace monet::eval {

namespace {

constexpr double kSameWithin = 1e-12;

std::vector<double> differences(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size()) {
    fail<InvalidArgument>("[significance] {} values against {}: paired tests need as many", a.size(), b.size());
  }
  std::vector<double> d(a.size());
  std::transform(a.begin(), a.end(), b.begin(), d.begin(), std::minus<>());
  return d;
}

/// The continued fraction of the incomplete beta function I_x(a, b), by Lentz's method (DLMF 8.17.22).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr double kPrecision = 1e-15;
  constexpr int kMostTerms = 100'000;
  const auto away_from_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1.0;
  double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
  double value = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    d = 1.0 / away_from_zero(1.0 + even * d);
    c = away_from_zero(1.0 + even / c);
    value *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    d = 1.0 / away_from_zero(1.0 + odd * d);
    c = away_from_zero(1.0 + odd / c);
    value *= d * c;
    if (std::abs(d * c - 1.0) < kPrecision) break;
  }
  return value;
}

/// I_x(a, b); `rest` is 1 - x, which the caller knows without rounding.
double incomplete_beta(double a, double b, double x, double rest) {
  if (x <= 0.0) return 0.0;
  if (rest <= 0.0) return 1.0;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log(rest));
  // The fraction converges quickly on this side of the mean; the other side follows by symmetry.
  if (x < (a + 1.0) / (a + b + 2.0)) return front * beta_fraction(a, b, x) / a;
  return 1.0 - front * beta_fraction(b, a, rest) / b;
}

/// Twice the ranks of ascending magnitudes (so that ranks halved by ties are whole), and Σ(t³−t) over the ties.
std::vector<std::int64_t> doubled_ranks(std::span<const double> magnitudes, double& tie_sum) {
  const double same = kSameWithin * magnitudes.back();
  std::vector<std::int64_t> ranks(magnitudes.size());
  tie_sum = 0.0;
  for (std::size_t first = 0; first < magnitudes.size();) {
    std::size_t end = first + 1;
    while (end < magnitudes.size() && magnitudes[end] - magnitudes[end - 1] <= same) ++end;
    std::fill(ranks.begin() + static_cast<std::ptrdiff_t>(first), ranks.begin() + static_cast<std::ptrdiff_t>(end),
              static_cast<std::int64_t>(first + end + 1));
    const auto t = static_cast<double>(end - first);
    tie_sum += t * t * t - t;
    first = end;
  }
  return ranks;
}

/// P(W as far from its mean as `statistic`), every sign being as likely as not: counts the subsets of the ranks by sum.
double exact_p(std::span<const std::int64_t> ranks, std::int64_t statistic) {
  const std::int64_t total = std::accumulate(ranks.begin(), ranks.end(), std::int64_t{0});
  std::vector<double> ways(static_cast<std::size_t>(total) + 1, 0.0);
  ways[0] = 1.0;
  for (const std::int64_t rank : ranks) {
    for (std::size_t sum = ways.size(); sum-- > static_cast<std::size_t>(rank);) {
      ways[sum] += ways[sum - static_cast<std::size_t>(rank)];
    }
  }
  const std::int64_t smaller = std::min(statistic, total - statistic);
  const double tail = std::accumulate(ways.begin(), ways.begin() + smaller + 1, 0.0);
  return std::min(1.0, 2.0 * tail / std::exp2(static_cast<double>(ranks.size())));
}

}  // namespace

double student_t_two_sided(double t, double freedom) {
  if (std::isinf(t)) return 0.0;
  const double square = t * t;
  return incomplete_beta(0.5 * freedom, 0.5, freedom / (freedom + square), square / (freedom + square));
}

PairedDifference paired_difference(std::span<const double> a, std::span<const double> b) {
  const std::vector<double> d = differences(a, b);
  if (d.empty()) return {};
  const auto n = static_cast<double>(d.size());
  const double mean = std::accumulate(d.begin(), d.end(), 0.0) / n;
  if (d.size() < 2) return {mean, 0.0};
  const double squares =
      std::accumulate(d.begin(), d.end(), 0.0, [&](double sum, double x) { return sum + (x - mean) * (x - mean); });
  return {mean, std::sqrt(squares / (n - 1.0) / n)};
}

Significance paired_t_test(std::span<const double> a, std::span<const double> b) {
  const auto [mean, error] = paired_difference(a, b);
  if (a.size() < 2) return {};
  // A spread of nothing but rounding is no spread.
  if (error <= kSameWithin * std::abs(mean)) {
    if (mean == 0.0) return {};
    return {std::copysign(std::numeric_limits<double>::infinity(), mean), 0.0};
  }
  const double t = mean / error;
  return {t, student_t_two_sided(t, static_cast<double>(a.size()) - 1.0)};
}

Significance wilcoxon_signed_rank(std::span<const double> a, std::span<const double> b) {
  std::vector<double> d = differences(a, b);
  double largest = 0.0;
  for (const double x : d) largest = std::max(largest, std::abs(x));
  std::erase_if(d, [&](double x) { return std::abs(x) <= kSameWithin * largest; });
  if (d.empty()) return {};
  std::sort(d.begin(), d.end(), [](double x, double y) { return std::abs(x) < std::abs(y); });
  std::vector<double> magnitudes(d.size());
  std::transform(d.begin(), d.end(), magnitudes.begin(), [](double x) { return std::abs(x); });
  double tie_sum = 0.0;
  const std::vector<std::int64_t> ranks = doubled_ranks(magnitudes, tie_sum);
  std::int64_t positive = 0;
  for (std::size_t i = 0; i < d.size(); ++i) positive += d[i] > 0.0 ? ranks[i] : 0;
  const double statistic = 0.5 * static_cast<double>(positive);
  if (static_cast<Index>(d.size()) <= kExactPairs) return {statistic, exact_p(ranks, positive)};
  const auto n = static_cast<double>(d.size());
  const double variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - tie_sum / 48.0;
  const double z = (statistic - n * (n + 1.0) / 4.0) / std::sqrt(variance);
  return {statistic, std::erfc(std::abs(z) / std::sqrt(2.0))};
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return p[x] < p[y]; });
  std::vector<double> corrected(p.size());
  double highest = 0.0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    highest = std::max(highest, static_cast<double>(p.size() - k) * p[order[k]]);
    corrected[order[k]] = std::min(1.0, highest);
  }
  return corrected;
}

}  // namespace monet::eval
