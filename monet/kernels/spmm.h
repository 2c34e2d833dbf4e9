#pragma once

#include "monet/core/csr.h"
#include "monet/core/view.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::kernels {

/// One sparse pass with a self term: y_r = self_scale_r · self_r + weight_scale · Σ_{k ∈ row r} w_k x_{column k}, where
///   a, weights   the pattern [R, C] and one weight per entry, in its order;
///   x            [C, D];
///   self         [R, D] with `self_scale`, or an empty view for no self term; may be y itself;
///   y            [R, D], not overlapping x.
struct SpmmOperands {
  CsrView a;
  std::span<const float> weights;
  float weight_scale = 1.0F;
  MatrixView<const float> x;
  MatrixView<const float> self;
  float self_scale = 0.0F;
  std::span<const float> self_scales;  // one per row in place of `self_scale`, when not empty
  MatrixView<float> y;
  std::span<const std::uint8_t> with_self = {};  // one per row: 0 for none of the self term; empty: all have it
};

/// Rows [begin, end) of y. Bound by gathers of rows of x: one per entry, prefetched ahead.
void spmm_rows(const SpmmOperands& operands, Index begin, Index end) noexcept;

/// The rows listed in `rows`.
void spmm_listed_rows(const SpmmOperands& operands, std::span<const std::int32_t> rows) noexcept;

/// The listed rows side by side: row n of y, [rows.size(), D], is row rows[n] of the product. Not over its own self
/// term.
void spmm_packed_rows(const SpmmOperands& operands, std::span<const std::int32_t> rows) noexcept;

/// Columns [col_begin, col_end) of y_{column k} += weight_scale · w_k x_r for each r in `rows` and k in row r of a: the
/// transposed product, scattered, for a few rows. Here x is [R, D] and y [C, D]; the self term is not used. Workers
/// that share y split its columns.
void spmm_scatter(const SpmmOperands& operands, std::span<const std::int32_t> rows, Index col_begin,
                  Index col_end) noexcept;

/// The scattered product with the rows of x side by side: row n of x, [rows.size(), D], stands for row rows[n].
void spmm_scatter_packed(const SpmmOperands& operands, std::span<const std::int32_t> rows, Index col_begin,
                         Index col_end) noexcept;

/// Plain float64 forms, for tests.
void spmm_reference(const SpmmOperands& operands) noexcept;

/// Splits the rows of a pattern into `parts` consecutive ranges of about equal work (entries plus a constant per row);
/// returns parts + 1 boundaries.
std::vector<Index> balanced_ranges(CsrView a, int parts);

}  // namespace monet::kernels
