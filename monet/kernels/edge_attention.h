#pragma once

#include "monet/core/csr.h"
#include "monet/core/view.h"

#include <cstdint>
#include <span>

namespace monet::kernels {

/// Softmax attention of rows to the rows they share an edge with. For row r of `pattern` [R, C] and its entries k = (r,
/// c), of x [R, d] and z [C, d]:
///
///   e_k = exp(x_r·z_c), a_k = e_k / Σ_{k ∈ r} e_k, y_r = x_r + Σ_{k ∈ r} a_k z_c
///
/// No maximum is subtracted: rows must be so short (unit rows are) that no exponential overflows.
struct AttendOperands {
  CsrView pattern;
  MatrixView<const float> x;
  MatrixView<const float> z;
  std::span<float> exponentials;         // e [nnz]
  std::span<float> shares;               // a [nnz]
  std::span<const std::uint8_t> wanted;  // [R]: the rows of y to compute, where it is not 0
  MatrixView<float> y;                   // [R, d]
};

/// Rows [begin, end). Bound by one gather of a row of z for each entry.
void attend_rows(const AttendOperands& operands, Index begin, Index end) noexcept;

/// The gradient through attention of both sides at once: beside a (softmax over each row's entries) there is b, the
/// softmax of the same products over each column's, and beside y_r = x_r + Σ a_k z_c its counterpart v_c = z_c + Σ b_k
/// x_r. With gradients ȳ, v̄ and those that reach a and b from elsewhere, the product's gradient is
///
///   s̄_k = a_k (ȳ_r·z_c + ā_k - mean_r) + b_k (x_r·v̄_c + b̄_k - other_mean_c),
///   mean_r = Σ_{k ∈ r} a_k (ȳ_r·z_c + ā_k) = ȳ_r·(y_r - x_r) + Σ a_k ā_k, other_mean_c alike
///
/// and x̄_r = ȳ_r + Σ_{k ∈ r} (b_k v̄_c + s̄_k z_c).
struct AttendBackwardOperands {
  CsrView pattern;
  MatrixView<const float> x;
  MatrixView<const float> z;
  MatrixView<const float> y_grad;        // ȳ [R, d]; 0 and not read where `y_marked` is 0
  MatrixView<const float> v_grad;        // v̄ [C, d]; 0 and not read where `v_marked` is 0
  std::span<const std::uint8_t> y_marked;  // [R]
  std::span<const std::uint8_t> v_marked;  // [C]
  std::span<const float> a, a_grad;      // [nnz]
  std::span<const float> b, b_grad;      // [nnz]
  std::span<const float> mean;           // [R]
  std::span<const float> other_mean;     // [C]
  std::span<float> products_grad;        // s̄ [nnz]
  MatrixView<float> x_grad;              // x̄ [R, d]
  bool accumulate = false;               // whether x̄ is added
};

/// s̄ and x̄ of rows [begin, end). Bound by one gather of a row of z and, where marked, of v̄ for each entry.
void attend_backward_rows(const AttendBackwardOperands& operands, Index begin, Index end) noexcept;

/// x̄ of rows [begin, end) from an s̄ that is there; reads neither a, means nor gradients of a and b.
void attend_spread_rows(const AttendBackwardOperands& operands, Index begin, Index end) noexcept;

}  // namespace monet::kernels
