#pragma once

#include "monet/core/matrix.h"
#include "monet/scoring/items.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace monet::rank::detail {

/// The items that are scored: all of them, or some whose rows are gathered so that nothing else is computed. A
/// candidate is a row here; their items ascend.
class CandidateTable {
 public:
  explicit CandidateTable(const scoring::Items& items) : items_(&items), embedding_(items.embedding()) {}
  /// `only` ascends and is unique.
  CandidateTable(const scoring::Items& items, std::span<const std::int32_t> only)
      : items_(&items), all_(false), ids_(only) {
    gathered_ = Matrix<float>(static_cast<Index>(only.size()), items.width());
    for (std::size_t c = 0; c < only.size() && items.width() > 0; ++c) {
      std::copy_n(items.embedding().row(only[c]), items.width(), gathered_.row(static_cast<Index>(c)));
    }
    embedding_ = gathered_.view();
  }
  CandidateTable(const CandidateTable&) = delete;
  CandidateTable& operator=(const CandidateTable&) = delete;

  const scoring::Items& items() const { return *items_; }
  bool all() const { return all_; }
  Index size() const { return all_ ? items_->size() : static_cast<Index>(ids_.size()); }
  /// [size(), D]
  MatrixView<const float> embedding() const { return embedding_; }
  std::int32_t item(Index candidate) const {
    return all_ ? static_cast<std::int32_t>(candidate) : ids_[static_cast<std::size_t>(candidate)];
  }
  double square_norm(Index candidate) const {
    return items_->square_norms()[static_cast<std::size_t>(item(candidate))];
  }

  /// From position `first` on, `list` holds ascending items: makes them candidates, dropping those that are none.
  void to_candidates(std::vector<std::int32_t>& list, std::ptrdiff_t first) const {
    if (all_) return;
    auto kept = list.begin() + first;
    auto at = ids_.begin();
    for (auto item = kept; item != list.end(); ++item) {
      at = std::lower_bound(at, ids_.end(), *item);
      if (at != ids_.end() && *at == *item) *kept++ = static_cast<std::int32_t>(at - ids_.begin());
    }
    list.erase(kept, list.end());
  }

 private:
  const scoring::Items* items_;
  bool all_ = true;
  std::span<const std::int32_t> ids_;
  Matrix<float> gathered_;
  MatrixView<const float> embedding_;
};

}  // namespace monet::rank::detail
