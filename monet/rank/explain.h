#pragma once

#include "monet/core/view.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace monet::rank {

/// Columns of the fused embeddings that one modality fills (concatenation).
struct ColumnBlock {
  std::string name;
  Index first_col = 0;
  Index cols = 0;
};

/// A past item that drove a recommendation.
struct Driver {
  std::int32_t item = 0;
  /// Its attention a_i (target_aware), or its share of the sum of the positive similarities (item_similarity).
  double weight = 0.0;
};

/// A part of a score that belongs to one modality.
struct ModalityPart {
  std::string name;
  double value = 0.0;
};

/// Where a score comes from. `general + target == score`, and so do the modality parts when there are any.
struct Explanation {
  double score = 0.0;
  double general = 0.0;         // (1-β) e_u·e_c + prior; the whole score of kinds dot and pairwise
  double target = 0.0;          // β Σ a_i e_i·e_c; the whole score of kind item_similarity
  std::vector<Driver> drivers;  // heaviest first, ties by item; empty for kinds dot and pairwise
  // In the order of `blocks`, and "popularity" where items have a prior; empty without blocks.
  std::vector<ModalityPart> modalities;
};

/// Explains the score of `item` for a query: with s_i = e_i·e_c over the user's history and a =
/// softmax(s), the general and the target-oriented part of Eq. 6, the `max_drivers` past items of largest a_i, and each
/// modality's share, the dot products splitting by `blocks` (which must cover all columns, or be empty). Computed in
/// double. A query without history is ranked by popularity: score and general are that, and nothing drives it. Kind
/// pairwise has no drivers, and a part of the score for each modality. Of a blend only a query without history is
/// explained here, others are part by part (blend.h). Throws as `scoring::check`, and InvalidArgument
/// for an item out of range or blocks that do not fit. O(|N_u| D).
Explanation explain(const scoring::Items& items, const scoring::Query& query, std::span<const ColumnBlock> blocks,
                    std::int32_t item, int max_drivers);

/// part / score: shares of a score sum to 1. A part may be negative, or larger than the score, when parts differ in
/// sign. 0 when the score is 0.
double share_of(double part, double score);

}  // namespace monet::rank
