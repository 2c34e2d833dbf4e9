#include "monet/kernels/multiply_transposed.h"

#include "monet/core/matrix.h"
#include "monet/kernels/skinny_gemm.h"
#include "monet/kernels/transpose.h"

#include <algorithm>
#include <cassert>

namespace monet::kernels {

namespace {
constexpr Index kInner = 128;  // a piece of B is 32 KB
}

void multiply_transposed(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> c) {
  assert(a.cols == b.cols && c.rows == a.rows && c.cols == b.rows);
  if (a.rows == 0) return;
  if (a.cols == 0) fill(c, 0.0F);
  Matrix<float> packed(kInner, kSkinnyColumns);
  Matrix<float> padded;  // for the last columns of C, when they are fewer than the kernel writes
  for (Index n = 0; n < b.rows; n += kSkinnyColumns) {
    const Index count = std::min(kSkinnyColumns, b.rows - n);
    const bool whole = count == kSkinnyColumns;
    if (!whole) {
      padded = Matrix<float>(a.rows, kSkinnyColumns);
      fill(packed.view(), 0.0F);
    }
    const MatrixView<float> out = whole ? c.columns(n, count) : padded.view();
    for (Index t = 0; t < a.cols; t += kInner) {
      const Index depth = std::min(kInner, a.cols - t);
      transpose(b.row_range(n, count).columns(t, depth), packed.view().row_range(0, depth).columns(0, count));
      skinny_gemm(a.data + t, a.stride, 1, a.rows, depth, packed.view().row_range(0, depth), t > 0, out);
    }
    if (!whole && a.cols > 0) copy<float>(padded.view().columns(0, count), c.columns(n, count));
  }
}

}  // namespace monet::kernels
