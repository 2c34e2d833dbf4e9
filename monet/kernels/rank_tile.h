#pragma once

#include "monet/core/view.h"

#include <cstdint>

namespace monet::kernels {

// Target-aware scores of many users against one tile of T candidate items (MONET Eq. 4-6). With G [H, T] the dot
// products of every history item with every candidate, and one shift per candidate, the table holds exp(G - shift) and
// its product with G; a user's target-oriented score is then a quotient of two sums of table rows, and a pair costs
// |N_u| additions instead of |N_u| exponentials.

/// T is padded to a multiple of this, so that whole vectors of any width fit.
inline constexpr Index kTileColumns = 64;

/// maxima[c] = max(maxima[c], max over rows r of g(r, c)). `g` has a multiple of kTileColumns columns.
void column_max(MatrixView<const float> g, float* maxima) noexcept;

/// table(r, c) = exp(g(r, c) - shift[c]) and table(r, T + c) = that * g(r, c), for g [rows, T] and table [rows, 2T]. T
/// is a multiple of kTileColumns. exp is within 2 ulp of the argument it is given, and 0 below -104.
void exp_table(MatrixView<const float> g, const float* shift, MatrixView<float> table) noexcept;

/// sums[c] += sum over k < count of table(rows[k], c), for all columns (a multiple of kTileColumns).
void add_rows(MatrixView<const float> table, const std::int32_t* rows, Index count, float* sums) noexcept;

/// For each row u of `scores` [B, T]: scores(u, c) += beta * numerator / denominator, where the denominator is the sum
/// over the table rows `rows[begin[u] .. begin[u + 1])` of column c, and the numerator the same of column T + c. Where
/// a row has a denominator below min_sum[u], terms lost to underflow might matter: its index is appended to `weak`
/// (room for B) and its scores are left unspecified. Returns how many. begin[u] < begin[u + 1]; T is a multiple of
/// kTileColumns.
Index add_attention(MatrixView<const float> table, const Index* begin, const std::int32_t* rows, const float* min_sum,
                    float beta, MatrixView<float> scores, std::int32_t* weak) noexcept;

}  // namespace monet::kernels
