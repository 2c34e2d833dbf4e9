#pragma once

#include "monet/core/thread_pool.h"
#include "monet/rank/detail/candidate_table.h"
#include "monet/rank/score_tiles.h"

#include <span>

namespace monet::rank::detail {

/// Kind item_similarity: the score of (u, c) is the sum over i in N_u of similarity(i, c), in double and in the order
/// of the history. A tile is one query's whole row; workers own queries. O(rows touched + I) per query, O(I) memory per
/// worker.
void score_similarity(ThreadPool& pool, const CandidateTable& candidates, std::span<const scoring::Query> queries,
                      Index max_users, TileConsumer& consumer);

}  // namespace monet::rank::detail
