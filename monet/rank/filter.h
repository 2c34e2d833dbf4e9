#pragma once

#include "monet/core/csr.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace monet::rank {

/// Which items are no candidates of a user: the union of ascending lists. Views only.
class Filter {
 public:
  /// Rows of `by_user` are users, rows of `by_position` positions in the list of users that is ranked (none when it has
  /// no rows).
  Filter(std::vector<CsrView> by_user, CsrView by_position) : by_user_(std::move(by_user)), by_position_(by_position) {}

  /// Appends the items blocked for a user, ascending and unique.
  void append(std::int32_t user, Index position, std::vector<std::int32_t>& items) const {
    const auto first = static_cast<std::ptrdiff_t>(items.size());
    for (const CsrView& pattern : by_user_)
      items.insert(items.end(), pattern.row(user).begin(), pattern.row(user).end());
    if (by_position_.rows > 0) {
      items.insert(items.end(), by_position_.row(position).begin(), by_position_.row(position).end());
    }
    if (!std::is_sorted(items.begin() + first, items.end())) std::sort(items.begin() + first, items.end());
    items.erase(std::unique(items.begin() + first, items.end()), items.end());
  }

 private:
  std::vector<CsrView> by_user_;
  CsrView by_position_;
};

}  // namespace monet::rank
