#pragma once

#include "monet/scoring/query.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

namespace monet::rank::detail {

/// Which items are no candidates of a query: its history unless they may come again, its exclusions, and those of all.
/// Views only.
class Filter {
 public:
  explicit Filter(std::span<const std::int32_t> exclude = {}) : exclude_(exclude) {}

  /// Appends the blocked items, ascending and unique.
  void append_blocked(const scoring::Query& query, std::vector<std::int32_t>& items) const {
    const auto first = static_cast<std::ptrdiff_t>(items.size());
    const std::span<const std::int32_t> past = query.repeat ? std::span<const std::int32_t>() : query.history;
    for (const std::span<const std::int32_t> list : {past, query.exclude, exclude_}) {
      items.insert(items.end(), list.begin(), list.end());
    }
    if (!std::is_sorted(items.begin() + first, items.end())) std::sort(items.begin() + first, items.end());
    items.erase(std::unique(items.begin() + first, items.end()), items.end());
  }

  /// Appends the items of the query's own `only` that are not blocked, ascending.
  void append_allowed(const scoring::Query& query, std::vector<std::int32_t>& items) const {
    std::vector<std::int32_t> blocked;
    append_blocked(query, blocked);
    std::set_difference(query.only->begin(), query.only->end(), blocked.begin(), blocked.end(),
                        std::back_inserter(items));
  }

 private:
  std::span<const std::int32_t> exclude_;
};

}  // namespace monet::rank::detail
