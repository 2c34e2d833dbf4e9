#pragma once

#include "monet/core/matrix.h"
#include "monet/rank/filter.h"
#include "monet/rank/score_tiles.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::rank::detail {

/// A score and an item in one integer: greater means a higher score or, at the same score, a lower item. -0 equals +0.
using Key = std::uint64_t;
Key make_key(float score, std::int32_t item);
float key_score(Key key);
std::int32_t key_item(Key key);

/// Keeps the k best candidates of every user as tiles come by. Each worker appends what beats its threshold to a short
/// list per user, and cuts the list back to k when it is full, which raises the threshold.
class TopLists final : public TileConsumer {
 public:
  /// `users[p]` is the user at position p, `positions[p]` its row in the outputs `items`, `scores` [n, k], `counts`
  /// [n].
  TopLists(std::span<const std::int32_t> users, std::span<const std::int32_t> positions, Index num_items,
           const Filter& filter, MatrixView<std::int32_t> items, MatrixView<float> scores,
           std::span<std::int32_t> counts);

  std::size_t bytes_per_user() const override;
  void begin_block(std::span<const std::int32_t> rows, int workers) override;
  void tile(int worker, Index first, Index item_begin, MatrixView<const float> scores) override;
  void end_block(ThreadPool& pool) override;

 private:
  struct Lists {
    Matrix<Key> keys;  // [B, capacity]
    std::vector<std::int32_t> sizes;
    std::vector<float> thresholds;
    std::vector<std::int32_t> columns;  // scratch of find_above
    std::vector<Index> ends;
  };

  void write(std::int32_t row, std::vector<Key>& keys);

  std::span<const std::int32_t> users_;
  std::span<const std::int32_t> positions_;
  const Filter* filter_;
  MatrixView<std::int32_t> items_;
  MatrixView<float> scores_;
  std::span<std::int32_t> counts_;
  Index k_;
  Index capacity_;
  std::span<const std::int32_t> rows_;
  std::vector<Lists> workers_;
};

}  // namespace monet::rank::detail
