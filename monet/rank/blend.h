#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"

#include <cstdint>
#include <limits>
#include <span>

namespace monet::rank {

/// k of 1 / (k + rank): G. V. Cormack, C. L. A. Clarke, S. Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and
/// individual Rank Learning Methods", SIGIR 2009.
inline constexpr double kRankOffset = 60.0;

/// A deviation below this share of the mean is what float makes of scores that are all the same.
inline constexpr double kRounding = 4.0 * static_cast<double>(std::numeric_limits<float>::epsilon());

/// Makes one query's scores for all items comparable with those of other models, in place, as `by` says
/// (scoring::BlendBy). Mean, deviation and ranks are those of the items outside `history`, which ascends; an item of
/// the history gets the value that its score would have among them. A deviation that is nothing but the rounding of
/// the scores counts as none. Sums run in double. O(I).
void standardise(scoring::BlendBy by, std::span<const std::int32_t> history, std::span<float> scores);

/// The scores of one query by each part of a blend, and what they add to the blended score of each item.
struct BlendRows {
  Matrix<float> scores;  // [M, I] of the parts themselves
  Matrix<float> values;  // [M, I] weight times the standardised score; a column's sum is the blended score
};

/// `items` are of kind blend, the query has a history and has passed `scoring::check`. Costs each part's scores of all
/// items; O(M I) memory.
BlendRows blend_rows(ThreadPool& pool, const scoring::Items& items, const scoring::Query& query);

}  // namespace monet::rank
