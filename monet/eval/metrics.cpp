#include "monet/eval/metrics.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>

namespace monet::eval {

namespace {

double discount(Index rank) {
  return 1.0 / std::log2(static_cast<double>(rank) + 1.0);
}

double ideal_gain(Index hits) {
  double sum = 0.0;
  for (Index r = 1; r <= hits; ++r) sum += discount(r);
  return sum;
}

double gain(std::span<const std::uint8_t> hits) {
  double sum = 0.0;
  for (std::size_t r = 0; r < hits.size(); ++r) {
    if (hits[r] != 0) sum += discount(static_cast<Index>(r) + 1);
  }
  return sum;
}

double average_precision_sum(std::span<const std::uint8_t> hits) {
  double sum = 0.0;
  Index found = 0;
  for (std::size_t r = 0; r < hits.size(); ++r) {
    if (hits[r] == 0) continue;
    ++found;
    sum += static_cast<double>(found) / static_cast<double>(r + 1);
  }
  return sum;
}

Index count(std::span<const std::uint8_t> hits) {
  return std::count_if(hits.begin(), hits.end(), [](auto h) { return h != 0; });
}

}  // namespace

std::string_view to_string(Metric metric) {
  switch (metric) {
    case Metric::recall: return "recall";
    case Metric::precision: return "precision";
    case Metric::hit: return "hit";
    case Metric::ndcg: return "ndcg";
    case Metric::ndcg_paper: return "ndcg_paper";
    case Metric::map: return "map";
    case Metric::mrr: return "mrr";
  }
  fail<InternalError>("[metrics] metric {} has no name", static_cast<int>(metric));
}

double value(Metric metric, std::span<const std::uint8_t> hits, Index num_targets, Index k) {
  if (num_targets < 1 || k < 1)
    fail<InvalidArgument>("[metrics] {} targets at K = {}: both must be at least 1", num_targets, k);
  if (hits.empty()) return 0.0;
  const auto top = hits.first(static_cast<std::size_t>(std::min(k, static_cast<Index>(hits.size()))));
  switch (metric) {
    case Metric::recall: return static_cast<double>(count(top)) / static_cast<double>(num_targets);
    case Metric::precision: return static_cast<double>(count(top)) / static_cast<double>(top.size());
    case Metric::hit: return count(top) > 0 ? 1.0 : 0.0;
    case Metric::ndcg: return gain(top) / ideal_gain(std::min(k, num_targets));
    case Metric::ndcg_paper: {
      const Index found = count(hits);
      return found == 0 ? 0.0 : gain(top) / ideal_gain(std::min(k, found));
    }
    case Metric::map: return average_precision_sum(top) / static_cast<double>(std::min(k, num_targets));
    case Metric::mrr: {
      const auto first = std::find_if(top.begin(), top.end(), [](auto h) { return h != 0; });
      return first == top.end() ? 0.0 : 1.0 / static_cast<double>(first - top.begin() + 1);
    }
  }
  fail<InternalError>("[metrics] metric {} has no formula", static_cast<int>(metric));
}

}  // namespace monet::eval
