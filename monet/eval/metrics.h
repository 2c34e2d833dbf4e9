#pragma once

#include "monet/core/view.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace monet::eval {

enum class Metric { recall, precision, hit, ndcg, ndcg_paper, map, mrr };
inline constexpr std::array kMetrics = {Metric::recall,     Metric::precision, Metric::hit, Metric::ndcg,
                                        Metric::ndcg_paper, Metric::map,       Metric::mrr};

/// "recall", "precision", "hit", "ndcg", "ndcg_paper", "map", "mrr".
std::string_view to_string(Metric metric);

/// A metric of one user at K >= 1. `hits[r - 1]` says whether the item at rank r is a target; its length is the largest
/// K asked for, or the number of candidates where that is less. `num_targets` >= 1 counts all targets, found or not.
/// With h_r = hits[r - 1] and n = min(K, length of hits):
///   recall      Σ_{r≤n} h_r / num_targets
///   precision   Σ_{r≤n} h_r / n
///   hit         1 when some h_r = 1, r ≤ n
///   ndcg        Σ_{r≤n} h_r / log₂(r+1), divided by Σ_{r≤min(K, num_targets)} 1 / log₂(r+1)
///   ndcg_paper  the same sum divided by that of `hits` sorted (all of them, also those past K), 0 without hits
///   map         Σ_{r≤n, h_r=1} (hits among the first r / r) / min(K, num_targets)
///   mrr         1 / rank of the first hit within K, 0 without
/// 0 for a user without candidates.
double value(Metric metric, std::span<const std::uint8_t> hits, Index num_targets, Index k);

}  // namespace monet::eval
