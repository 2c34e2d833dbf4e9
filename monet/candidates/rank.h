#pragma once

#include "monet/candidates/cell_index.h"
#include "monet/candidates/exactness.h"
#include "monet/core/thread_pool.h"
#include "monet/rank/rank.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"

#include <span>
#include <vector>

namespace monet::candidates {

struct Options {
  rank::RankOptions rank;
  bool exact = true;  // goes on until the list is proved; false: until `share` of the items were looked at
  double share = 0.02;
};

struct Result {
  rank::Ranking ranking;
  std::vector<Exactness> exactness;  // of each query
  std::vector<Index> looked_at;      // items whose codes were scanned; all where it is `scanned`
};

/// `rank::rank` by candidates: the codes of an index bound every score from above and below, whole cells at first; what
/// can be among the k best is scored as there, so a list that is proved or scanned is the same list up to float
/// rounding. All items are scored, by `rank::rank`, where there is no index (null), the query has no history, few items
/// are allowed by `only`, or the bounds leave too many. Throws as `rank::rank`, and InvalidArgument for an index of
/// other items or a share outside (0, 1]. `items` may have rows behind those of the index: they are scored one by one.
Result rank(ThreadPool& pool, const scoring::Items& items, const CellIndex* index,
            std::span<const scoring::Query> queries, const Options& options);

}  // namespace monet::candidates
