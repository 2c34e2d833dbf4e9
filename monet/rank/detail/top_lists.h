#pragma once

#include "monet/core/matrix.h"
#include "monet/rank/detail/candidate_table.h"
#include "monet/rank/detail/filter.h"
#include "monet/rank/score_tiles.h"

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace monet::rank::detail {

/// A score and an item in one integer: greater means a higher score or, at the same score, a lower item. -0 equals +0.
using Key = std::uint64_t;
inline Key make_key(float score, std::int32_t item) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);
  const std::uint32_t ordered = bits ^ ((bits >> 31) != 0 ? 0xffffffffU : 0x80000000U);
  return (static_cast<Key>(ordered) << 32) | (0xffffffffU - static_cast<std::uint32_t>(item));
}
inline float key_score(Key key) {
  const auto ordered = static_cast<std::uint32_t>(key >> 32);
  return std::bit_cast<float>(ordered ^ ((ordered >> 31) != 0 ? 0x80000000U : 0xffffffffU));
}
inline std::int32_t key_item(Key key) {
  return static_cast<std::int32_t>(0xffffffffU - static_cast<std::uint32_t>(key));
}

/// Keeps the k best candidates of every query as tiles come by, each worker apart: a short k as a sorted list, a long
/// one as a list of twice the length that is cut back to the k best when it is full. What does not beat a query's
/// threshold, the worst of k, is skipped by whole vectors. Of a query that names its only candidates those alone are
/// looked at.
class TopLists final : public TileConsumer {
 public:
  /// `positions[p]` is the row of query p in the outputs `items`, `scores` [n, k], `counts` [n].
  TopLists(const CandidateTable& candidates, std::span<const scoring::Query> queries,
           std::span<const std::int32_t> positions, const Filter& filter, MatrixView<std::int32_t> items,
           MatrixView<float> scores, std::span<std::int32_t> counts);

  std::size_t bytes_per_user() const override;
  void begin_block(std::span<const std::int32_t> rows, int workers) override;
  void tile(int worker, Index first, Index item_begin, MatrixView<float> scores) override;
  void end_block(ThreadPool& pool) override;

 private:
  struct Lists {
    Matrix<Key> keys;  // [B, capacity]
    std::vector<std::int32_t> sizes;
    std::vector<float> thresholds;
    std::vector<Index> next_listed;     // per query, into listed_
    std::vector<std::int32_t> listed;   // the candidate there, or one past all
    std::vector<std::int32_t> columns;  // scratch of find_above
    std::vector<Index> ends;
  };

  void collect_listed();
  void visit_listed(Lists& lists, Index first, Index item_begin, MatrixView<float> scores) const;
  void add(Lists& lists, std::size_t user, Key key) const;
  void write(std::int32_t row, std::vector<Key>& keys);

  const CandidateTable* candidates_;
  std::span<const scoring::Query> queries_;
  std::span<const std::int32_t> positions_;
  const Filter* filter_;
  MatrixView<std::int32_t> items_;
  MatrixView<float> scores_;
  std::span<std::int32_t> counts_;
  std::int32_t num_items_;
  Index k_;
  bool sorted_;
  Index capacity_;
  Index prefetched_;
  std::span<const std::int32_t> rows_;
  // Candidates of each query of the block, ascending: those that are blocked, or the only ones.
  std::vector<Index> listed_begin_;  // [B + 1] into listed_
  std::vector<std::int32_t> listed_;
  std::vector<std::uint8_t> only_;  // [B] which of the two
  std::vector<Lists> workers_;
};

}  // namespace monet::rank::detail
