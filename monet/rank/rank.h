#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/rank/score_tiles.h"
#include "monet/scoring/scoring.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::rank {

struct RankOptions {
  Index k = 20;
  /// Items that are no candidates, beside the history, which never are: patterns [U, I] with a row for each user.
  std::vector<CsrView> masks;
  /// The same with a row for each *listed* user (rows = number of listed users, or 0: none).
  CsrView exclude;
  TileOptions tiles;
};

/// The best items of each listed user, best first: score descending, then item ascending.
struct Ranking {
  Matrix<std::int32_t> items;         // [n, min(k, I)], -1 past the end of a short list
  Matrix<float> scores;               // [n, min(k, I)], 0 past the end
  std::vector<std::int32_t> counts;   // [n] length of each list: less than k when there are fewer candidates
  std::vector<std::uint8_t> popular;  // [n] 1: the user has no history and got popularity
  Index num_popular = 0;

  std::span<const std::int32_t> row(Index r) const {
    return {items.row(r), static_cast<std::size_t>(counts[static_cast<std::size_t>(r)])};
  }
};

/// Exact full ranking of `users` (indices into `scoring`, in any order, repeats allowed) over all items. A user without
/// history is given items by popularity (score = popularity). Does not depend on the number of threads, and on
/// `options.tiles` only by float rounding.
///
/// To rank users the model has not seen, pass a copy of the model's `Scoring` whose `user_embedding` [n, D] and
/// `history` [n, I] are theirs.
///
/// Throws as `check`, and InvalidArgument for k < 1 or masks whose shapes do not fit.
Ranking rank(ThreadPool& pool, const scoring::Scoring& scoring, std::span<const std::int32_t> users,
             const RankOptions& options);

/// Every item by popularity descending, then item ascending: the order for users without history.
std::vector<std::int32_t> popularity_order(std::span<const float> popularity);

}  // namespace monet::rank
