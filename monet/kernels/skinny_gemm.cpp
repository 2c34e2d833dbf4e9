#include "monet/kernels/skinny_gemm.h"

#include <hwy/cache_control.h>

#include <algorithm>
#include <cassert>

// Tiles are arrays of registers, which vector types without a compile-time size cannot be.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/skinny_gemm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));
// With 32 registers a tile is 6 x 4, with 16 it is 6 x 2.
constexpr int kVectors = kLanes == 16 ? 4 : 2;
constexpr Index kTileColumns = kLanes * kVectors;
constexpr int kTileRows = 6;

template <int kRows>
HWY_INLINE void tile(const float* HWY_RESTRICT a, Index row_stride, Index k_stride, Index k,
                     const float* HWY_RESTRICT b, Index b_stride, bool accumulate, float* HWY_RESTRICT c,
                     Index c_stride) {
  const D d;
  V sums[kRows][kVectors];
  HWY_UNROLL(6)
  for (int i = 0; i < kRows; ++i) {
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) {
      sums[i][v] = accumulate ? hn::LoadU(d, c + i * c_stride + v * kLanes) : hn::Zero(d);
    }
  }
  for (Index t = 0; t < k; ++t) {
    V row[kVectors];
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) row[v] = hn::LoadU(d, b + t * b_stride + v * kLanes);
    HWY_UNROLL(6)
    for (int i = 0; i < kRows; ++i) {
      const V x = hn::Set(d, a[i * row_stride + t * k_stride]);
      HWY_UNROLL(4)
      for (int v = 0; v < kVectors; ++v) sums[i][v] = hn::MulAdd(x, row[v], sums[i][v]);
    }
  }
  HWY_UNROLL(6)
  for (int i = 0; i < kRows; ++i) {
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) hn::StoreU(sums[i][v], d, c + i * c_stride + v * kLanes);
  }
}

void SkinnyGemm(const float* a, Index row_stride, Index k_stride, Index m, Index k, MatrixView<const float> b,
                bool accumulate, MatrixView<float> c) {
  for (Index column = 0; column < c.cols; column += kTileColumns) {
    Index i = 0;
    for (; i + kTileRows <= m; i += kTileRows) {
      tile<kTileRows>(a + i * row_stride, row_stride, k_stride, k, b.data + column, b.stride, accumulate,
                      c.data + i * c.stride + column, c.stride);
    }
    for (; i + 2 <= m; i += 2) {
      tile<2>(a + i * row_stride, row_stride, k_stride, k, b.data + column, b.stride, accumulate,
              c.data + i * c.stride + column, c.stride);
    }
    if (i < m) {
      tile<1>(a + i * row_stride, row_stride, k_stride, k, b.data + column, b.stride, accumulate,
              c.data + i * c.stride + column, c.stride);
    }
  }
}

// X[:, first .. first + count) as rows of kPackColumns.
void Pack(MatrixView<const float> x, Index first, Index count, float* HWY_RESTRICT to) {
  const D d;
  const Index ahead = std::min(first + kPackColumns, x.cols - 1);  // the next piece of the same row
  if (count == kPackColumns) {
    for (Index r = 0; r < x.rows; ++r) {
      const float* from = x.data + r * x.stride;
      for (Index line = 0; line < kPackColumns; line += 16) hwy::Prefetch(from + ahead + line);
      for (Index c = 0; c < kPackColumns; c += kLanes)
        hn::StoreU(hn::LoadU(d, from + first + c), d, to + r * kPackColumns + c);
    }
  } else {
    for (Index r = 0; r < x.rows; ++r) std::copy_n(x.data + r * x.stride + first, count, to + r * kPackColumns);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(SkinnyGemm);
HWY_EXPORT(Pack);

namespace {
constexpr Index kInner = 128;  // 128 rows of 64 floats of B are two thirds of a first-level cache
}

void skinny_gemm(const float* a, Index a_row_stride, Index a_k_stride, Index m, Index k, MatrixView<const float> b,
                 bool accumulate, MatrixView<float> c) noexcept {
  assert(c.cols % kSkinnyColumns == 0 && b.cols == c.cols && b.rows >= k && c.rows >= m);
  HWY_DYNAMIC_DISPATCH(SkinnyGemm)(a, a_row_stride, a_k_stride, m, k, b, accumulate, c);
}

void project_block(MatrixView<const float> x, MatrixView<const float> packed, MatrixView<float> z) noexcept {
  if (x.cols == 0) fill(z, 0.0F);
  const auto multiply = HWY_DYNAMIC_DISPATCH(SkinnyGemm);
  for (Index t = 0; t < x.cols; t += kInner) {
    const Index k = std::min(kInner, x.cols - t);
    multiply(x.data + t, x.stride, 1, x.rows, k, packed.row_range(t, k), t > 0, z);
  }
}

void project_block_backward(MatrixView<const float> x, MatrixView<const float> dz, MatrixView<float> g,
                            float* pack) noexcept {
  assert(x.rows <= kProjectRows);
  const auto copy_piece = HWY_DYNAMIC_DISPATCH(Pack);
  const auto multiply = HWY_DYNAMIC_DISPATCH(SkinnyGemm);
  for (Index c = 0; c < x.cols; c += kPackColumns) {
    const Index count = std::min(kPackColumns, x.cols - c);
    copy_piece(x, c, count, pack);
    multiply(pack, 1, kPackColumns, count, x.rows, dz, true, g.row_range(c, count));
  }
}

}  // namespace monet::kernels
#endif
