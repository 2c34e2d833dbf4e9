#pragma once

#include "monet/core/thread_pool.h"
#include "monet/rank/detail/candidate_table.h"
#include "monet/rank/score_tiles.h"

#include <span>

namespace monet::rank::detail {

/// Kind blend: what a part's score is worth depends on the query's scores of all items, so each part in turn scores a
/// block of queries x all items into memory, whatever the candidates, and rows are standardised and added up. At most
/// `max_users` queries in a block, and as many as two such matrices of 64 MB hold. A part of weight 0 is not scored.
void score_blend(ThreadPool& pool, const CandidateTable& candidates, std::span<const scoring::Query> queries,
                 const TileOptions& options, Index max_users, TileConsumer& consumer);

}  // namespace monet::rank::detail
