#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/rank/score_tiles.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::rank {

/// Scores of one query for some items by the definition, in float64: out[k] is the score of wanted[k]. For
/// explanations, given candidates, and as the reference of the tiled computation. A query without history gets
/// popularities. O(|wanted| |N_u| D), of a blend O(I |N_u| D). The query has passed `scoring::check`; throws
/// InvalidArgument for an item outside the range.
void score_items(const scoring::Items& items, const scoring::Query& query, std::span<const std::int32_t> wanted,
                 std::span<double> out);

/// What each modality adds to a pairwise score: a_m Σ_c h^m_c (scoring::ModalityAttention), in float64. `items` are of
/// kind pairwise, the query has passed `scoring::check`, `item` is in range. O(D a).
std::vector<double> pairwise_parts(const scoring::Items& items, const scoring::Query& query, std::int32_t item);

/// Scores of `queries` for all items, nothing masked, by the tiled computation: [n, I]. For small cases: O(n I) memory.
Matrix<float> score_matrix(ThreadPool& pool, const scoring::Items& items, std::span<const scoring::Query> queries,
                           const TileOptions& options = {});

}  // namespace monet::rank
