#pragma once

#include "monet/rank/detail/candidate_table.h"
#include "monet/rank/score_tiles.h"

namespace monet::rank::detail {

/// `score_tiles` against the rows of a table: the consumer's items are candidates.
void score_table(ThreadPool& pool, const CandidateTable& candidates, std::span<const scoring::Query> queries,
                 const TileOptions& options, TileConsumer& consumer);

}  // namespace monet::rank::detail
