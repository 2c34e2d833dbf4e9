#pragma once

#include "monet/core/thread_pool.h"
#include "monet/core/view.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace monet::rank {

/// How the pairs are cut. 0: chosen. Neither changes a result beyond float rounding.
struct TileOptions {
  Index tile_items = 0;  // candidates scored at a time (64)
  Index user_block = 0;  // most queries that share one pass over the items
};

/// What is done with scores as they are made. The queries come in blocks; for each block `begin_block` is called, then
/// `tile` from every worker at the same time, then `end_block`.
class TileConsumer {
 public:
  virtual ~TileConsumer() = default;
  /// Memory this keeps for each query of a block and worker; the block is chosen so that it stays small.
  virtual std::size_t bytes_per_user() const = 0;
  /// `rows[b]`: position in the caller's list of the block's b-th query. Valid until the block ends.
  virtual void begin_block(std::span<const std::int32_t> rows, int workers) = 0;
  /// Scores of the block's queries [first, first + scores.rows) for the items [item_begin, item_begin + scores.cols). A
  /// worker gets the items of a query in ascending order; no two workers get the same pair. The scores may be
  /// overwritten.
  virtual void tile(int worker, Index first, Index item_begin, MatrixView<float> scores) = 0;
  virtual void end_block(ThreadPool& pool) = 0;
};

/// Scores of `queries` x all items, exact, handed to `consumer` tile by tile: a pair costs 2 D operations of a product
/// of matrices and |N_u| additions (kind pairwise: 2 D (a + 1) operations and a M exponentials); products of history
/// items and candidates are shared by the queries of a block. A pair of a blend costs the scores of its parts and a few
/// operations more. Memory is O(block + tile), never O(U I). Each query has a history; `exclude` and
/// `only` are not looked at. The queries have passed `scoring::check`.
void score_tiles(ThreadPool& pool, const scoring::Items& items, std::span<const scoring::Query> queries,
                 const TileOptions& options, TileConsumer& consumer);

}  // namespace monet::rank
