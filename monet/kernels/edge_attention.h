#pragma once

#include "monet/core/csr.h"
#include "monet/core/view.h"

#include <cstdint>
#include <span>

namespace monet::kernels {

/// Softmax attention of rows to the rows they share an edge with, by their cosines. For row r of `pattern` [R, C] and
/// its entries k = (r, c), with x̂_r = x_r x_inverse_r and ẑ_c = z_c z_inverse_c (row_norms.h):
///
///   e_k = exp(x̂_r·ẑ_c), a_k = e_k / Σ_{k ∈ r} e_k, y_r = x̂_r + Σ_{k ∈ r} a_k ẑ_c
///
/// Cosines are at most 1, so no maximum is subtracted.
struct AttendOperands {
  CsrView pattern;
  MatrixView<const float> x;              // [R, d]
  MatrixView<const float> z;              // [C, d]
  std::span<const float> x_inverse;       // [R]
  std::span<const float> z_inverse;       // [C]
  std::span<float> exponentials;          // e [nnz]
  std::span<float> shares;                // a [nnz]
  std::span<const std::uint8_t> y_marks;  // [R]: the rows of y to compute, where it is not 0
  MatrixView<float> y;                    // [R, d]
};

/// Rows [begin, end). Bound by one gather of a row of z for each entry.
void attend_rows(const AttendOperands& operands, Index begin, Index end) noexcept;

/// The gradient through attention of both sides at once: beside a (softmax over each row's entries) there is b, the
/// softmax of the same cosines over each column's, and beside y its counterpart v_c = ẑ_c + Σ b_k x̂_r. With gradients
/// ȳ, v̄ and those that reach a and b from elsewhere, the gradient of a cosine is
///
///   s̄_k = a_k (ȳ_r·ẑ_c + ā_k - mean_r) + b_k (x̂_r·v̄_c + b̄_k - other_mean_c),
///   mean_r = Σ_{k ∈ r} a_k (ȳ_r·ẑ_c + ā_k) = ȳ_r·(y_r - x̂_r) + Σ_{k ∈ r} a_k ā_k, other_mean_c alike;
///
/// that of x̂_r is ȳ_r + Σ_{k ∈ r} (b_k v̄_c + s̄_k ẑ_c), and x̄_r follows from it.
struct AttendBackwardOperands {
  CsrView pattern;
  MatrixView<const float> x;              // [R, d]
  MatrixView<const float> z;              // [C, d]
  std::span<const float> x_inverse;       // [R]
  std::span<const float> z_inverse;       // [C]
  MatrixView<const float> y_grad;         // ȳ [R, d]
  MatrixView<const float> v_grad;         // v̄ [C, d]
  std::span<const std::uint8_t> y_marks;  // [R]: ȳ is 0, and not read, where this is 0
  std::span<const std::uint8_t> v_marks;  // [C]: the same of v̄
  std::span<const float> a, a_grad;       // [nnz]
  std::span<const float> b, b_grad;       // [nnz]
  std::span<const float> mean;            // [R]
  std::span<const float> other_mean;      // [C]
  std::span<float> cosines_grad;          // s̄ [nnz]
  std::span<const float> zeros;           // [d], all 0
  MatrixView<float> x_grad;               // x̄ [R, d]
};

/// s̄ and x̄ of rows [begin, end). Bound by one gather of a row of z and, where marked, of v̄ for each entry.
void attend_backward_rows(const AttendBackwardOperands& operands, Index begin, Index end) noexcept;

/// x̄ of rows [begin, end) from an s̄ that is there; a, the means and the gradients of a and b are not read.
void attend_spread_rows(const AttendBackwardOperands& operands, Index begin, Index end) noexcept;

}  // namespace monet::kernels
