#pragma once

#include "monet/core/thread_pool.h"
#include "monet/rank/detail/candidate_table.h"
#include "monet/rank/score_tiles.h"

#include <span>

namespace monet::rank::detail {

/// score_tiles for kind pairwise. W h^m = (W diag(p^m)) q^m: for a group of queries the matrices W diag(p^m), each with
/// p^m itself as a last row, are stacked, and one product with a tile of items gives the attention's input and Σ h^m of
/// every pair. At most `max_users` queries in a block.
void score_pairwise(ThreadPool& pool, const CandidateTable& candidates, std::span<const scoring::Query> queries,
                    Index max_users, Index tile_items, TileConsumer& consumer);

}  // namespace monet::rank::detail
