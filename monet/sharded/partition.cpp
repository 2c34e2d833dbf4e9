#include "monet/sharded/partition.h"

#include <algorithm>

namespace monet::sharded {

Ranges Ranges::balanced(std::span<const std::int32_t> degrees, int processes) {
  const auto rows = static_cast<Index>(degrees.size());
  double interactions = 0.0;
  for (const std::int32_t degree : degrees) interactions += degree;
  const double mean = rows > 0 ? std::max(interactions / static_cast<double>(rows), 1.0) : 1.0;
  const double total = interactions + mean * static_cast<double>(rows);
  std::vector<Index> bounds{0};
  double weight = 0.0;
  for (Index row = 0; row < rows; ++row) {
    // A row goes to the range that most of its weight is in.
    const double own = mean + degrees[static_cast<std::size_t>(row)];
    while (static_cast<int>(bounds.size()) < processes &&
           weight + own / 2 > total * static_cast<double>(bounds.size()) / processes) {
      bounds.push_back(row);
    }
    weight += own;
  }
  while (static_cast<int>(bounds.size()) <= processes) bounds.push_back(rows);
  return Ranges(std::move(bounds));
}

int Ranges::owner(Index row) const {
  return static_cast<int>(std::upper_bound(bounds_.begin(), bounds_.end(), row) - bounds_.begin()) - 1;
}

}  // namespace monet::sharded
