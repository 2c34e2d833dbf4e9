#include "monet/eval/histogram.h"

#include <algorithm>
#include <cmath>

namespace monet::eval {

std::vector<double> even_edges(std::span<const std::span<const double>> sets, int bins) {
  double low = INFINITY;
  double high = -INFINITY;
  for (const auto& values : sets) {
    for (const double x : values) {
      if (std::isnan(x)) continue;
      low = std::min(low, x);
      high = std::max(high, x);
    }
  }
  if (!(low <= high)) return {};
  if (low == high) {
    low -= 0.5;
    high += 0.5;
  }
  std::vector<double> edges;
  for (int b = 0; b < bins; ++b) edges.push_back(low + (high - low) * b / bins);
  edges.push_back(high);
  return edges;
}

std::vector<Index> counts(std::span<const double> values, std::span<const double> edges) {
  std::vector<Index> result(edges.size() < 2 ? 0 : edges.size() - 1, 0);
  if (result.empty()) return result;
  for (const double x : values) {
    if (!(x >= edges.front() && x <= edges.back())) continue;
    const auto above = std::upper_bound(edges.begin(), edges.end(), x) - edges.begin();
    ++result[std::min(static_cast<std::size_t>(above), result.size()) - 1];
  }
  return result;
}

}  // namespace monet::eval
