#include "monet/experiments/race/rules.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace monet::experiments::race {

double expected(const Standing& standing) {
  if (standing.curve.empty()) return standing.value;
  const double half = standing.curve.back().seconds / 2.0;
  double now = standing.curve.front().value;
  double before = now;
  for (const CurvePoint& point : standing.curve) {
    now = std::max(now, point.value);
    if (point.seconds <= half) before = now;
  }
  return now > 0.0 ? standing.value * (2.0 - before / now) : standing.value;
}

std::vector<std::size_t> survivors(std::span<const Standing> standings, std::size_t finalists, bool first_rung) {
  std::vector<double> hopes;
  for (const Standing& standing : standings) hopes.push_back(expected(standing));
  std::vector<std::size_t> order(standings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return hopes[a] > hopes[b]; });
  const std::size_t places = std::min(standings.size(), std::max((standings.size() + 1) / 2, finalists));
  std::vector<std::size_t> on(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(places));
  if (first_rung) {
    std::map<std::string, std::size_t> best;  // of each family, the first in the order
    for (const std::size_t n : order) best.emplace(standings[n].family, n);
    for (const auto& [family, n] : best) {
      if (std::find(on.begin(), on.end(), n) == on.end()) on.push_back(n);
    }
  }
  std::sort(on.begin(), on.end());
  return on;
}

int rungs_left(std::size_t entrants, std::size_t finalists) {
  int rungs = 1;
  for (; entrants > finalists; ++rungs) entrants = std::max((entrants + 1) / 2, finalists);
  return rungs;
}

Sharing share(std::size_t entrants, int processors) {
  const int parallel = std::clamp(static_cast<int>(std::min<std::size_t>(entrants, 1U << 20U)), 1, processors);
  return {parallel, std::max(1, processors / parallel)};
}

double slice_seconds(double remaining, int rungs, std::size_t entrants, int processors, double overhead) {
  if (entrants == 0 || rungs < 1 || remaining <= 0.0) return 0.0;
  const auto at_a_time = static_cast<double>(share(entrants, processors).parallel);
  const double each = remaining / rungs * at_a_time / static_cast<double>(entrants);
  constexpr double kLeastPart = 0.1;
  return std::max(each - overhead, kLeastPart * each);
}

}  // namespace monet::experiments::race
