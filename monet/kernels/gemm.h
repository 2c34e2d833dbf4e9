#pragma once

#include "monet/core/view.h"
#include "monet/kernels/bfloat16.h"

namespace monet::kernels {

enum class Transpose { no, yes };

/// C = op(A) op(B) (+ C when `accumulate`), float32, on the calling thread. op(A) is [m, k], op(B) is [k, n], C is [m,
/// n]; any strides. 2 m n k operations at oneDNN's rate. The one place that uses oneDNN. Throws InternalError if oneDNN
/// refuses.
void gemm(Transpose transpose_a, Transpose transpose_b, MatrixView<const float> a, MatrixView<const float> b,
          bool accumulate, MatrixView<float> c);

/// The product with A and B stored in bfloat16; sums and C are float32. Without AVX-512, A and B are widened first.
void gemm(Transpose transpose_a, Transpose transpose_b, MatrixView<const BFloat16> a, MatrixView<const BFloat16> b,
          bool accumulate, MatrixView<float> c);

/// Whether this processor multiplies bfloat16 by instructions of its own, so that such a product takes about half of
/// the time of one of float32.
bool multiplies_bfloat16_fast();

}  // namespace monet::kernels
