#pragma once

#include "monet/core/thread_pool.h"
#include "monet/core/view.h"
#include "monet/scoring/scoring.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace monet::rank {

/// How the pairs are cut. 0: chosen. Neither changes a result beyond float rounding.
struct TileOptions {
  Index tile_items = 0;  // candidates scored at a time (64)
  Index user_block = 0;  // most users that share one pass over the items
};

/// What is done with scores as they are made. The users come in blocks; for each block `begin_block` is called, then
/// `tile` from every worker at the same time, then `end_block`.
class TileConsumer {
 public:
  virtual ~TileConsumer() = default;
  /// Memory this keeps for each user of a block and worker; the block is chosen so that it stays small.
  virtual std::size_t bytes_per_user() const = 0;
  /// `rows[b]`: position in the caller's list of users of the block's b-th user. Valid until the block ends.
  virtual void begin_block(std::span<const std::int32_t> rows, int workers) = 0;
  /// Scores of the block's users [first, first + scores.rows) for the items [item_begin, item_begin + scores.cols). A
  /// worker gets the items of a user in ascending order; no two workers get the same pair. The scores may be
  /// overwritten.
  virtual void tile(int worker, Index first, Index item_begin, MatrixView<float> scores) = 0;
  virtual void end_block(ThreadPool& pool) = 0;
};

/// Throws DataError when the parts of `scoring` that `users` need do not fit together: shapes, ids and order of the
/// histories, embeddings that are not finite or whose products overflow. Throws InvalidArgument for a user outside
/// [0, U). O(U' D + I D + their histories) for U' listed users.
void check(const scoring::Scoring& scoring, std::span<const std::int32_t> users);

/// Scores of `users` x all items, exact, handed to `consumer` tile by tile: a pair costs 2 D operations of a GEMM and
/// |N_u| additions (kind pairwise: 2 D (a + 1) operations and a M exponentials); products of history items and
/// candidates are shared by the users of a block. Memory is O(block + tile), never O(U I). Each user has a
/// history. `scoring` has passed `check`.
void score_tiles(ThreadPool& pool, const scoring::Scoring& scoring, std::span<const std::int32_t> users,
                 const TileOptions& options, TileConsumer& consumer);

}  // namespace monet::rank
