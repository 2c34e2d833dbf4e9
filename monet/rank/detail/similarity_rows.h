#pragma once

#include "monet/core/thread_pool.h"
#include "monet/rank/score_tiles.h"
#include "monet/scoring/scoring.h"

#include <cstdint>
#include <span>

namespace monet::rank::detail {

/// Kind item_similarity: the score of (u, c) is the sum over i in N_u of similarity(i, c), in double and in the order
/// of the history. A tile is one user's whole row; workers own users. O(rows touched + I) per user, O(I) memory per
/// worker.
void score_similarity(ThreadPool& pool, const scoring::Scoring& scoring, std::span<const std::int32_t> users,
                      Index max_users, TileConsumer& consumer);

}  // namespace monet::rank::detail
