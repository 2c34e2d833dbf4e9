#pragma once

#include "monet/core/csr.h"
#include "monet/core/rng.h"

#include <span>
#include <vector>

namespace monet::models::detail {

/// `count` of the numbers 0 … weights.size() - 1, drawn one after the other without replacement with chances in
/// proportion to `weights` > 0, ascending: those with the largest keys ln(u) / w, u uniform in (0, 1) (Efraimidis and
/// Spirakis 2006). One draw of `rng` for each weight. O(n).
std::vector<Index> draw_without_replacement(std::span<const float> weights, Index count, Rng& rng);

/// The pattern with only these of its entries, which ascend.
Csr with_entries(const Csr& pattern, std::span<const Index> entries);

}  // namespace monet::models::detail
