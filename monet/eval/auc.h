#pragma once

#include "monet/core/csr.h"
#include "monet/core/thread_pool.h"
#include "monet/rank/score_tiles.h"
#include "monet/scoring/items.h"
#include "monet/scoring/scoring.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::eval {

/// Area under the ROC curve of each listed user: the share of (target, other candidate) pairs in which the target has
/// the higher score, ties counting half. Candidates are the items outside history and masks. NaN when a user has no
/// target among the candidates, or nothing else. Two passes of exact scoring and O(I * targets) comparisons per user,
/// O(history) memory. `items` are those of
/// `scoring`, and the users' queries have passed scoring::check.
std::vector<double> auc_of_users(ThreadPool& pool, const scoring::Items& items, const scoring::Scoring& scoring,
                                 std::span<const std::int32_t> users, const CsrView& targets,
                                 const std::vector<CsrView>& masks, const rank::TileOptions& tiles);

}  // namespace monet::eval
