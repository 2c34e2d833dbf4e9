#pragma once

#include "monet/core/view.h"

namespace monet::kernels {

/// C = A Bᵀ on the calling thread, for C that stays in cache: A [m, k], B [n, k], C [m, n], any strides. B is packed 64
/// rows by 128 columns at a time, so that each piece serves all rows of A from the nearest cache. For where ranking and
/// analyses compare rows with rows; training multiplies by gemm (gemm.h). O(m) memory.
void multiply_transposed(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> c);

}  // namespace monet::kernels
