#include "monet/rank/score_tiles.h"

#include "monet/rank/detail/blend_rows.h"
#include "monet/rank/detail/pairwise_tiles.h"
#include "monet/rank/detail/score_table.h"
#include "monet/rank/detail/similarity_rows.h"
#include "monet/rank/detail/tile_scorer.h"
#include "monet/rank/detail/user_block.h"

#include <algorithm>
#include <vector>

namespace monet::rank {

namespace {

constexpr Index kTileItems = 64;
// Budgets of one worker, in bytes: what the consumer keeps per query, and the table of one tile.
constexpr std::size_t kConsumerBytes = std::size_t{64} << 20;
constexpr std::size_t kTableBytes = std::size_t{64} << 20;

/// Adds what items score whoever asks to the scores on their way to a consumer.
class WithPrior final : public TileConsumer {
 public:
  WithPrior(const detail::CandidateTable& candidates, TileConsumer& consumer) : consumer_(&consumer) {
    prior_.reserve(static_cast<std::size_t>(candidates.size()));
    for (Index c = 0; c < candidates.size(); ++c) {
      prior_.push_back(candidates.items().prior()[static_cast<std::size_t>(candidates.item(c))]);
    }
  }
  std::size_t bytes_per_user() const override { return consumer_->bytes_per_user(); }
  void begin_block(std::span<const std::int32_t> rows, int workers) override { consumer_->begin_block(rows, workers); }
  void tile(int worker, Index first, Index item_begin, MatrixView<float> scores) override {
    const float* const prior = prior_.data() + item_begin;
    for (Index r = 0; r < scores.rows; ++r) {
      float* const row = scores.row(r);
      for (Index c = 0; c < scores.cols; ++c) row[c] += prior[c];
    }
    consumer_->tile(worker, first, item_begin, scores);
  }
  void end_block(ThreadPool& pool) override { consumer_->end_block(pool); }

 private:
  TileConsumer* consumer_;
  std::vector<float> prior_;
};

void score_by_kind(ThreadPool& pool, const detail::CandidateTable& candidates, std::span<const scoring::Query> queries,
                   const TileOptions& options, TileConsumer& consumer) {
  const scoring::ScoreKind kind = candidates.items().kind();
  const Index by_consumer = static_cast<Index>(kConsumerBytes / std::max<std::size_t>(consumer.bytes_per_user(), 1));
  const Index max_users =
      std::max<Index>(1, options.user_block > 0 ? options.user_block : std::min<Index>(by_consumer, 65536));
  if (kind == scoring::ScoreKind::blend) {
    detail::score_blend(pool, candidates, queries, options, max_users, consumer);
    return;
  }
  if (kind == scoring::ScoreKind::item_similarity) {
    detail::score_similarity(pool, candidates, queries, max_users, consumer);
    return;
  }
  const Index tile_items = options.tile_items > 0 ? options.tile_items : kTileItems;
  if (kind == scoring::ScoreKind::pairwise) {
    detail::score_pairwise(pool, candidates, queries, max_users, tile_items, consumer);
    return;
  }
  const std::size_t row_bytes = static_cast<std::size_t>(2 * detail::TileScorer::padded(tile_items)) * sizeof(float);
  const Index tiles = (candidates.size() + tile_items - 1) / tile_items;
  detail::UserBlocks blocks(candidates.items(), queries, max_users, static_cast<Index>(kTableBytes / row_bytes));
  detail::UserBlock block;
  while (blocks.next(block)) {
    consumer.begin_block(block.rows, pool.size());
    pool.for_range(tiles, [&](Index begin, Index end, int worker) {
      detail::TileScorer scorer(candidates, block, tile_items);
      for (Index t = begin; t < end; ++t) {
        const Index first = t * tile_items;
        scorer.score(first, std::min(tile_items, candidates.size() - first), worker, consumer);
      }
    });
    consumer.end_block(pool);
  }
}

}  // namespace

void score_tiles(ThreadPool& pool, const scoring::Items& items, std::span<const scoring::Query> queries,
                 const TileOptions& options, TileConsumer& consumer) {
  detail::score_table(pool, detail::CandidateTable(items), queries, options, consumer);
}

void detail::score_table(ThreadPool& pool, const CandidateTable& candidates, std::span<const scoring::Query> queries,
                         const TileOptions& options, TileConsumer& consumer) {
  if (candidates.items().prior().empty()) {
    score_by_kind(pool, candidates, queries, options, consumer);
  } else {
    WithPrior with_prior(candidates, consumer);
    score_by_kind(pool, candidates, queries, options, with_prior);
  }
}

}  // namespace monet::rank
