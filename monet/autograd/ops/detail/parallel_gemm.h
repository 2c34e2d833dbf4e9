#pragma once

#include "monet/core/thread_pool.h"
#include "monet/kernels/gemm.h"

namespace monet::autograd::detail {

/// kernels::gemm with the rows of C shared out among the workers. Empty sums give zero.
void parallel_gemm(ThreadPool& pool, kernels::Transpose transpose_a, kernels::Transpose transpose_b,
                   MatrixView<const float> a, MatrixView<const float> b, bool accumulate, MatrixView<float> c);

/// target[0, c] = (or +=) the sum of column c.
void column_sums(ThreadPool& pool, MatrixView<const float> source, bool accumulate, MatrixView<float> target);

}  // namespace monet::autograd::detail
