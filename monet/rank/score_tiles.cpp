#include "monet/rank/score_tiles.h"

#include "monet/rank/detail/pairwise_tiles.h"
#include "monet/rank/detail/score_table.h"
#include "monet/rank/detail/similarity_rows.h"
#include "monet/rank/detail/tile_scorer.h"
#include "monet/rank/detail/user_block.h"

#include <algorithm>

namespace monet::rank {

namespace {

constexpr Index kTileItems = 64;
// Budgets of one worker, in bytes: what the consumer keeps per query, and the table of one tile.
constexpr std::size_t kConsumerBytes = std::size_t{64} << 20;
constexpr std::size_t kTableBytes = std::size_t{64} << 20;

}  // namespace

void score_tiles(ThreadPool& pool, const scoring::Items& items, std::span<const scoring::Query> queries,
                 const TileOptions& options, TileConsumer& consumer) {
  detail::score_table(pool, detail::CandidateTable(items), queries, options, consumer);
}

void detail::score_table(ThreadPool& pool, const CandidateTable& candidates, std::span<const scoring::Query> queries,
                         const TileOptions& options, TileConsumer& consumer) {
  const scoring::ScoreKind kind = candidates.items().kind();
  const Index by_consumer = static_cast<Index>(kConsumerBytes / std::max<std::size_t>(consumer.bytes_per_user(), 1));
  const Index max_users =
      std::max<Index>(1, options.user_block > 0 ? options.user_block : std::min<Index>(by_consumer, 65536));
  if (kind == scoring::ScoreKind::item_similarity) {
    score_similarity(pool, candidates, queries, max_users, consumer);
    return;
  }
  const Index tile_items = options.tile_items > 0 ? options.tile_items : kTileItems;
  if (kind == scoring::ScoreKind::pairwise) {
    score_pairwise(pool, candidates, queries, max_users, tile_items, consumer);
    return;
  }
  const std::size_t row_bytes = static_cast<std::size_t>(2 * TileScorer::padded(tile_items)) * sizeof(float);
  const Index tiles = (candidates.size() + tile_items - 1) / tile_items;
  UserBlocks blocks(candidates.items(), queries, max_users, static_cast<Index>(kTableBytes / row_bytes));
  UserBlock block;
  while (blocks.next(block)) {
    consumer.begin_block(block.rows, pool.size());
    pool.for_range(tiles, [&](Index begin, Index end, int worker) {
      TileScorer scorer(candidates, block, tile_items);
      for (Index t = begin; t < end; ++t) {
        const Index first = t * tile_items;
        scorer.score(first, std::min(tile_items, candidates.size() - first), worker, consumer);
      }
    });
    consumer.end_block(pool);
  }
}

}  // namespace monet::rank
