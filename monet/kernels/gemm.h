#pragma once

#include "monet/core/view.h"

#include <cstdint>

namespace monet::kernels {

enum class Transpose { no, yes };

/// bfloat16 as stored: the upper half of a float32.
using BFloat16 = std::uint16_t;

/// C = op(A) op(B) (+ C when `accumulate`), float32, on the calling thread. op(A) is [m, k], op(B) is [k, n], C is [m,
/// n]; any strides. 2 m n k operations at oneDNN's rate. The one place that uses oneDNN. Throws InternalError if oneDNN
/// refuses.
void gemm(Transpose transpose_a, Transpose transpose_b, MatrixView<const float> a, MatrixView<const float> b,
          bool accumulate, MatrixView<float> c);

/// The product with A and B stored in bfloat16; sums and C are float32. Without AVX-512, A and B are widened first.
void gemm(Transpose transpose_a, Transpose transpose_b, MatrixView<const BFloat16> a, MatrixView<const BFloat16> b,
          bool accumulate, MatrixView<float> c);

/// Rounds to nearest even; a NaN stays one. Shapes must agree.
void to_bfloat16(MatrixView<const float> source, MatrixView<BFloat16> target) noexcept;
/// Exact.
void to_float32(MatrixView<const BFloat16> source, MatrixView<float> target) noexcept;

}  // namespace monet::kernels
