#pragma once

#include "monet/core/view.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace monet::eval {

/// Recommended items of some users, best first. Views only.
struct Lists {
  MatrixView<const std::int32_t> items;  // [n, K]
  std::span<const std::int32_t> counts;  // [n] length of each list; what stands past it is not read

  Index size() const { return items.rows; }
  /// The first k of list r, or all of it where it is shorter.
  std::span<const std::int32_t> top(Index r, Index k) const {
    const auto length = static_cast<Index>(counts[static_cast<std::size_t>(r)]);
    return items.row_span(r).first(static_cast<std::size_t>(std::min(k, length)));
  }
};

}  // namespace monet::eval
