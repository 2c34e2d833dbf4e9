#include "monet/rank/score_tiles.h"

#include "monet/core/error.h"
#include "monet/rank/detail/norm.h"
#include "monet/rank/detail/pairwise_tiles.h"
#include "monet/rank/detail/similarity_rows.h"
#include "monet/rank/detail/tile_scorer.h"
#include "monet/rank/detail/user_block.h"

#include <algorithm>
#include <cmath>

namespace monet::rank {

namespace {

using scoring::ScoreKind;
using scoring::Scoring;

constexpr Index kTileItems = 64;
// Budgets of one worker, in bytes: what the consumer keeps per user, and the table of one tile.
constexpr std::size_t kConsumerBytes = std::size_t{64} << 20;
constexpr std::size_t kTableBytes = std::size_t{64} << 20;
// Products of embeddings beyond this could overflow when summed over a history.
constexpr double kLargestProduct = 1e15;

/// Largest norm of the rows; fails when one is not finite.
template <class RowAt>
double checked_norm(const char* what, Index count, Index width, RowAt&& row_at, const MatrixView<const float>& matrix) {
  double largest = 0.0;
  for (Index r = 0; r < count; ++r) {
    const float* row = matrix.row(row_at(r));
    const double square = detail::square_norm(row, width);
    if (!std::isfinite(square)) {
      fail<DataError>("[rank] {} embedding {} has a value that is not finite; the model has diverged or is damaged",
                      what, row_at(r));
    }
    largest = std::max(largest, square);
  }
  return std::sqrt(largest);
}

void check_history(const Scoring& scoring, Index num_items, std::span<const std::int32_t> users) {
  const CsrView& history = scoring.history;
  if (history.cols != num_items) {
    fail<DataError>("[rank] the history is over {} items, the scores over {}", history.cols, num_items);
  }
  for (const std::int32_t user : users) {
    if (user < 0 || user >= history.rows) {
      fail<InvalidArgument>("[rank] user {} is outside [0, {})", user, history.rows);
    }
    std::int32_t previous = -1;
    for (const std::int32_t item : history.row(user)) {
      if (item <= previous || item >= num_items) {
        fail<DataError>("[rank] the history of user {} is not ascending item ids in [0, {}): {} after {}", user,
                        num_items, item, previous);
      }
      previous = item;
    }
  }
}

void check_similarity(const Scoring& scoring, Index num_items) {
  const CsrView& similarity = scoring.similarity;
  if (similarity.rows != num_items || static_cast<Index>(scoring.similarity_values.size()) != similarity.nnz()) {
    fail<DataError>("[rank] the similarity is {} x {} with {} values for {} places; there are {} items",
                    similarity.rows, similarity.cols, scoring.similarity_values.size(), similarity.nnz(), num_items);
  }
  for (const std::int32_t item : similarity.indices) {
    if (item < 0 || item >= num_items) fail<DataError>("[rank] the similarity names item {} of {}", item, num_items);
  }
  for (const float value : scoring.similarity_values) {
    if (!std::isfinite(value)) fail<DataError>("[rank] the similarity has a value that is not finite");
  }
}

void check_embeddings(const Scoring& scoring, std::span<const std::int32_t> users) {
  const auto& user = scoring.user_embedding;
  const auto& item = scoring.item_embedding;
  if (user.cols != item.cols || user.rows != scoring.history.rows) {
    fail<DataError>("[rank] user embeddings are {} x {}, item embeddings {} x {}, histories of {} users", user.rows,
                    user.cols, item.rows, item.cols, scoring.history.rows);
  }
  if (!(scoring.beta >= 0.0F && scoring.beta <= 1.0F))
    fail<DataError>("[rank] beta is {}, not in [0, 1]", scoring.beta);
  const double items = checked_norm(
      "item", item.rows, item.cols, [](Index r) { return r; }, item);
  const double of_users = checked_norm(
      "user", static_cast<Index>(users.size()), user.cols, [&](Index r) { return users[static_cast<std::size_t>(r)]; },
      user);
  if (std::max(of_users, items) * items > kLargestProduct) {
    fail<DataError>(
        "[rank] embeddings have norms up to {:.3g} and {:.3g}: their products overflow; the model has diverged",
        of_users, items);
  }
}

void check_attention(const Scoring& scoring) {
  const auto& [weight, bias, vector] = scoring.attention;
  const Index width = scoring.user_embedding.cols;
  if (weight.empty() || width % weight.cols != 0 || static_cast<Index>(bias.size()) != weight.rows ||
      static_cast<Index>(vector.size()) != weight.rows) {
    fail<DataError>("[rank] attention over modalities: W is {} x {}, b has {} entries and w {}, embeddings {} columns",
                    weight.rows, weight.cols, bias.size(), vector.size(), width);
  }
  double largest = checked_norm(
      "attention weight", weight.rows, weight.cols, [](Index r) { return r; }, weight);
  for (const std::span<const float> row : {bias, vector}) {
    largest = std::max(largest, std::sqrt(detail::square_norm(row.data(), weight.rows)));
  }
  if (!(largest < kLargestProduct)) {
    fail<DataError>("[rank] the attention has values up to {:.3g}; the model has diverged or is damaged", largest);
  }
}

}  // namespace

void check(const Scoring& scoring, std::span<const std::int32_t> users) {
  const bool by_similarity = scoring.kind == ScoreKind::item_similarity;
  const Index num_items = by_similarity ? scoring.similarity.cols : scoring.item_embedding.rows;
  if (static_cast<Index>(scoring.item_popularity.size()) != num_items) {
    fail<DataError>("[rank] popularity is given for {} items, scores for {}", scoring.item_popularity.size(),
                    num_items);
  }
  check_history(scoring, num_items, users);
  if (by_similarity) {
    check_similarity(scoring, num_items);
  } else {
    check_embeddings(scoring, users);
  }
  if (scoring.kind == ScoreKind::pairwise) check_attention(scoring);
}

void score_tiles(ThreadPool& pool, const Scoring& scoring, std::span<const std::int32_t> users,
                 const TileOptions& options, TileConsumer& consumer) {
  const Index by_consumer = static_cast<Index>(kConsumerBytes / std::max<std::size_t>(consumer.bytes_per_user(), 1));
  const Index max_users =
      std::max<Index>(1, options.user_block > 0 ? options.user_block : std::min<Index>(by_consumer, 65536));
  if (scoring.kind == ScoreKind::item_similarity) {
    detail::score_similarity(pool, scoring, users, max_users, consumer);
    return;
  }
  const Index tile_items = options.tile_items > 0 ? options.tile_items : kTileItems;
  if (scoring.kind == ScoreKind::pairwise) {
    detail::score_pairwise(pool, scoring, users, max_users, tile_items, consumer);
    return;
  }
  const std::size_t row_bytes = static_cast<std::size_t>(2 * detail::TileScorer::padded(tile_items)) * sizeof(float);
  const Index num_items = scoring.item_embedding.rows;
  const Index tiles = (num_items + tile_items - 1) / tile_items;
  detail::UserBlocks blocks(scoring, users, max_users, static_cast<Index>(kTableBytes / row_bytes));
  detail::UserBlock block;
  while (blocks.next(block)) {
    consumer.begin_block(block.rows, pool.size());
    pool.for_range(tiles, [&](Index begin, Index end, int worker) {
      detail::TileScorer scorer(scoring, block, tile_items);
      for (Index t = begin; t < end; ++t) {
        const Index first = t * tile_items;
        scorer.score(first, std::min(tile_items, num_items - first), worker, consumer);
      }
    });
    consumer.end_block(pool);
  }
}

}  // namespace monet::rank
