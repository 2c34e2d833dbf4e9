#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/rank/score_tiles.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace monet::rank {

struct RankOptions {
  Index k = 20;
  /// Items that are no candidates of any query: ascending and unique.
  std::span<const std::int32_t> exclude;
  /// The only candidates of all queries, ascending and unique; none: all items. Nothing else is scored (but by the
  /// parts of a blend).
  std::optional<std::span<const std::int32_t>> only;
  TileOptions tiles;
};

/// The best items of each query, best first: score descending, then item ascending.
struct Ranking {
  Matrix<std::int32_t> items;         // [n, most], -1 past the end of a short list
  Matrix<float> scores;               // [n, most], 0 past the end
  std::vector<std::int32_t> counts;   // [n] length of each list: less than k when there are fewer candidates
  std::vector<std::uint8_t> popular;  // [n] 1: the query has no history and got popularity
  Index num_popular = 0;

  /// `n` empty lists with room for `most` items each.
  Ranking(Index n, Index most);

  std::span<const std::int32_t> row(Index r) const {
    return {items.row(r), static_cast<std::size_t>(counts[static_cast<std::size_t>(r)])};
  }
};

/// Exact full ranking: the min(k, candidates) best items of each query, none of its history or exclusions. A query
/// without history is given items by popularity (score = popularity). It does not depend on the number of threads; on
/// the other queries and `options.tiles` a score depends by float rounding only. Throws as `scoring::check`, and
/// InvalidArgument for k < 1 or lists of `options` that are not ascending item ids.
Ranking rank(ThreadPool& pool, const scoring::Items& items, std::span<const scoring::Query> queries,
             const RankOptions& options);

}  // namespace monet::rank
