#include "monet/autograd/ops/detail/parallel_gemm.h"

#include "monet/autograd/ops/detail/support.h"

#include <vector>

namespace monet::autograd::detail {

void parallel_gemm(ThreadPool& pool, kernels::Transpose transpose_a, kernels::Transpose transpose_b,
                   MatrixView<const float> a, MatrixView<const float> b, bool accumulate, MatrixView<float> c) {
  if (c.empty()) return;
  const bool transposed = transpose_a == kernels::Transpose::yes;
  const Index depth = transposed ? a.rows : a.cols;
  if (depth == 0) {
    if (!accumulate) fill(c, 0.0F);
    return;
  }
  if (c.rows * c.cols * depth <= kSerialWork) {
    kernels::gemm(transpose_a, transpose_b, a, b, accumulate, c);
    return;
  }
  pool.for_range(
      c.rows,
      [&](Index begin, Index end, int) {
        const auto part = transposed ? a.columns(begin, end - begin) : a.row_range(begin, end - begin);
        kernels::gemm(transpose_a, transpose_b, part, b, accumulate, c.row_range(begin, end - begin));
      },
      16);
}

void column_sums(ThreadPool& pool, MatrixView<const float> source, bool accumulate, MatrixView<float> target) {
  const auto part = [&](Index begin, Index end, int) {
    std::vector<double> sums(static_cast<std::size_t>(end - begin), 0.0);
    for (Index r = 0; r < source.rows; ++r) {
      const float* row = source.row(r) + begin;
      for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(row[c]);
    }
    for (Index c = begin; c < end; ++c) {
      put(target(0, c), static_cast<float>(sums[static_cast<std::size_t>(c - begin)]), !accumulate);
    }
  };
  if (source.rows * source.cols <= kSerialWork) {
    part(0, source.cols, 0);
  } else {
    pool.for_range(source.cols, part, 16);
  }
}

}  // namespace monet::autograd::detail
