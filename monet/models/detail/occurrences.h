#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace monet::models::detail {

/// The different ones of some ids, how often each occurs, and where each id finds its own.
struct Occurrences {
  explicit Occurrences(std::span<const std::int32_t> ids) : rows(ids.begin(), ids.end()) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    counts.resize(rows.size(), 0.0F);
    places.reserve(ids.size());
    for (const std::int32_t id : ids) {
      const auto place = std::lower_bound(rows.begin(), rows.end(), id) - rows.begin();
      counts[static_cast<std::size_t>(place)] += 1.0F;
      places.push_back(static_cast<std::int32_t>(place));
    }
  }

  std::vector<std::int32_t> rows;    // ascending
  std::vector<float> counts;         // of each of them
  std::vector<std::int32_t> places;  // of each id, in `rows`
};

}  // namespace monet::models::detail
