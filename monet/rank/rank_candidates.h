#pragma once

#include "monet/core/thread_pool.h"
#include "monet/rank/rank.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"

#include <cstdint>
#include <span>

namespace monet::rank {

/// Ranks exactly the items given for each query, best first: score descending, then item ascending. `candidates[q]` are
/// item ids in any order, an item counted once however often it stands there; items of the history are ranked like any
/// other, `exclude` and `only` are not looked at. Scores are those of `rank` up to float rounding (they are summed in
/// double), popularity for a query without history. O(|candidates| |N_u| D) for each query; of a blend as `rank`.
/// Throws as `scoring::check`, and InvalidArgument for another number of lists than of queries or an id outside [0, I).
Ranking rank_candidates(ThreadPool& pool, const scoring::Items& items, std::span<const scoring::Query> queries,
                        std::span<const std::span<const std::int32_t>> candidates);

}  // namespace monet::rank
