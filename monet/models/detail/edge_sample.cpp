#include "monet/models/detail/edge_sample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>

namespace monet::models::detail {

std::vector<Index> draw_without_replacement(std::span<const float> weights, Index count, Rng& rng) {
  std::vector<double> keys(weights.size());
  for (std::size_t k = 0; k < keys.size(); ++k) {
    keys[k] = std::log1p(-rng.uniform()) / static_cast<double>(weights[k]);
  }
  std::vector<Index> chosen(weights.size());
  std::iota(chosen.begin(), chosen.end(), Index{0});
  const auto before = [&](Index a, Index b) {
    const double one = keys[static_cast<std::size_t>(a)];
    const double other = keys[static_cast<std::size_t>(b)];
    return one != other ? one > other : a < b;
  };
  std::nth_element(chosen.begin(), chosen.begin() + count, chosen.end(), before);
  chosen.resize(static_cast<std::size_t>(count));
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

Csr with_entries(const Csr& pattern, std::span<const Index> entries) {
  std::vector<Index> begins(1, 0);
  std::vector<std::int32_t> columns;
  columns.reserve(entries.size());
  std::size_t at = 0;
  for (Index r = 0; r < pattern.rows(); ++r) {
    for (; at < entries.size() && entries[at] < pattern.indptr()[static_cast<std::size_t>(r) + 1]; ++at) {
      columns.push_back(pattern.indices()[static_cast<std::size_t>(entries[at])]);
    }
    begins.push_back(static_cast<Index>(columns.size()));
  }
  return {pattern.rows(), pattern.cols(), std::move(begins), std::move(columns)};
}

}  // namespace monet::models::detail
