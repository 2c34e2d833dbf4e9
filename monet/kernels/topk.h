#pragma once

#include "monet/core/view.h"

#include <cstdint>

namespace monet::kernels {

/// Columns of each row of `scores` [B, T] whose score exceeds the row's threshold: row r's are
/// `columns[ends[r - 1] .. ends[r])` (from 0 for r = 0), ascending. `columns` has room for B * T + kFindAboveSlack
/// entries, `ends` for B. Returns ends[B - 1]. Scores are not NaN.
inline constexpr Index kFindAboveSlack = 16;
Index find_above(MatrixView<const float> scores, const float* thresholds, std::int32_t* columns, Index* ends) noexcept;

}  // namespace monet::kernels
