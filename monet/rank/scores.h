#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/rank/score_tiles.h"
#include "monet/scoring/scoring.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::rank {

/// Scores of one user for some items by the definition, in float64: out[k] is the score of items[k]. For explanations,
/// single pairs, and as the reference of the tiled computation. A user without history gets popularities. O(|items|
/// |N_u| D). `scoring` has passed `check`; throws InvalidArgument for a user or item outside the range.
void score_items(const scoring::Scoring& scoring, std::int32_t user, std::span<const std::int32_t> items,
                 std::span<double> out);

/// What each modality adds to a pairwise score: a_m Σ_c h^m_c (scoring::ModalityAttention), in float64. `scoring` is of
/// kind pairwise and has passed `check`; user and item are in range. O(D a).
std::vector<double> pairwise_parts(const scoring::Scoring& scoring, std::int32_t user, std::int32_t item);

/// Scores of `users` for all items, nothing masked, by the tiled computation: [n, I]. For small cases: O(n I) memory.
Matrix<float> score_matrix(ThreadPool& pool, const scoring::Scoring& scoring, std::span<const std::int32_t> users,
                           const TileOptions& options = {});

}  // namespace monet::rank
