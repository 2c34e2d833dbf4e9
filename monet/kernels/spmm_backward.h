#pragma once

#include "monet/core/csr.h"
#include "monet/core/view.h"

#include <cstdint>
#include <span>

namespace monet::kernels {

/// The gradients of a sparse product y = W x in one pass, row by row of x: for row r of `pattern` [R, C], the
/// transposed pattern of W, and its entries k = (r, c),
///
///   x̄_r = self_r + own_r + Σ_{k ∈ r} w_k ȳ_c,   w̄_k = x_r·ȳ_c
///
/// With `x_inverse` (row_norms.h) the product is W x̂, x̂_r = x_r x_inverse_r; x̄ is still the gradient of x.
struct SpmmBackwardOperands {
  CsrView pattern;
  std::span<const float> weights;           // w [nnz]
  MatrixView<const float> x;                // [R, d]
  std::span<const float> x_inverse;         // [R], or empty
  MatrixView<const float> y_grad;           // ȳ [C, d]
  std::span<const std::uint8_t> y_marks;    // [C]: ȳ is 0, and not read, where this is 0; empty: all of it is read
  MatrixView<const float> self;             // [R, d], or empty: 0
  MatrixView<const float> own;              // [R, d], or empty: 0
  std::span<const std::uint8_t> own_marks;  // [R]: `own` is 0, and not read, where this is 0
  MatrixView<float> x_grad;                 // x̄ [R, d]
  std::span<float> weights_grad;            // w̄ [nnz]
  bool accumulate_weights = false;          // whether w̄ is added
  std::span<const float> zeros;             // [d], all 0; may be empty without marks
};

/// Rows [begin, end). Bound by one gather of a row of ȳ for each entry whose ȳ is not 0.
void spmm_backward_rows(const SpmmBackwardOperands& operands, Index begin, Index end) noexcept;

}  // namespace monet::kernels
