#pragma once

#include "monet/core/csr.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace monet::rank {

/// Which items are no candidates of a user: the union of sorted lists. Views only.
class Filter {
 public:
  /// Rows of `by_user` are users, rows of `by_position` positions in the list of users that is ranked (absent when
  /// empty).
  Filter(std::vector<CsrView> by_user, CsrView by_position) : by_user_(std::move(by_user)), by_position_(by_position) {}

  /// O(log length of the lists).
  bool blocks(std::int32_t user, Index position, std::int32_t item) const {
    for (const CsrView& pattern : by_user_) {
      const auto row = pattern.row(user);
      if (std::binary_search(row.begin(), row.end(), item)) return true;
    }
    if (by_position_.rows == 0) return false;
    const auto row = by_position_.row(position);
    return std::binary_search(row.begin(), row.end(), item);
  }

 private:
  std::vector<CsrView> by_user_;
  CsrView by_position_;
};

}  // namespace monet::rank
