#include "monet/kernels/skinny_gemm.h"

#include <hwy/cache_control.h>

#include <algorithm>
#include <cassert>
#include <type_traits>

#ifndef MONET_KERNELS_SKINNY_GEMM_ONCE
#define MONET_KERNELS_SKINNY_GEMM_ONCE
namespace monet::kernels {
namespace {
constexpr int kTileRows = 6;
constexpr Index kLine = 16;  // floats in a cache line

// One cache line of each of consecutive rows, all at one column.
struct Lines {
  const float* first = nullptr;
  Index stride = 0;
};
}  // namespace
}  // namespace monet::kernels
#endif

// Tiles are arrays of registers, which vector types without a compile-time size cannot be.
#ifndef HWY_DISABLED_TARGETS  // a build with sanitizers says more (CMakeLists.txt)
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#endif
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

// What a tile prefetches for the next ones while it multiplies: A's next rows when A streams from memory (its
// broadcasts come one at a time, which the processor's own prefetching does not follow), or a line of each of k rows.
enum class Ahead { rows, lines, nothing };

template <int kRows, Ahead kAhead>
HWY_INLINE void tile(const float* HWY_RESTRICT a, Index row_stride, Index k_stride, Index k,
                     const float* HWY_RESTRICT b, Index b_stride, bool accumulate, float* HWY_RESTRICT c,
                     Index c_stride, Lines soon) {
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
    if (kAhead == Ahead::lines) hwy::Prefetch(soon.first + t * soon.stride);
    if (kAhead == Ahead::rows && t % kLine == 0) {
      HWY_UNROLL(6)
      for (int i = 0; i < kRows; ++i) hwy::Prefetch(a + (kRows + i) * row_stride + t);
    }
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

template <Ahead kAhead>
HWY_INLINE void tiles(const float* a, Index row_stride, Index k_stride, Index m, Index k, MatrixView<const float> b,
                      bool accumulate, MatrixView<float> c, const Lines* lines = nullptr, Index num_lines = 1) {
  for (Index column = 0; column < c.cols; column += kTileColumns) {
    Index i = 0;
    const auto one = [&](auto rows) HWY_ATTR {
      const Lines soon = kAhead == Ahead::lines ? lines[std::min(i / kTileRows, num_lines - 1)] : Lines{};
      tile<rows(), kAhead>(a + i * row_stride, row_stride, k_stride, k, b.data + column, b.stride, accumulate,
                           c.data + i * c.stride + column, c.stride, soon);
      i += rows();
    };
    while (i + kTileRows <= m) one(std::integral_constant<int, kTileRows>());
    while (i + 2 <= m) one(std::integral_constant<int, 2>());
    if (i < m) one(std::integral_constant<int, 1>());
  }
}

void SkinnyGemm(const float* a, Index row_stride, Index k_stride, Index m, Index k, MatrixView<const float> b,
                bool accumulate, MatrixView<float> c) {
  if (k_stride == 1) {
    tiles<Ahead::rows>(a, row_stride, 1, m, k, b, accumulate, c);
  } else {
    tiles<Ahead::nothing>(a, row_stride, k_stride, m, k, b, accumulate, c);
  }
}

// X[:, first .. first + count) as rows of kPackColumns.
void Pack(MatrixView<const float> x, Index first, Index count, float* HWY_RESTRICT to) {
  const D d;
  if (count == kPackColumns) {
    for (Index r = 0; r < x.rows; ++r) {
      const float* from = x.data + r * x.stride + first;
      for (Index c = 0; c < kPackColumns; c += kLanes) hn::StoreU(hn::LoadU(d, from + c), d, to + r * kPackColumns + c);
    }
  } else {
    for (Index r = 0; r < x.rows; ++r) std::copy_n(x.data + r * x.stride + first, count, to + r * kPackColumns);
  }
}

// C += Packᵀ dZ, while each tile fetches lines of its own.
void MultiplyPiece(const float* pack, Index count, Index rows, MatrixView<const float> dz, MatrixView<float> c,
                   const Lines* lines, Index num_lines) {
  tiles<Ahead::lines>(pack, 1, kPackColumns, count, rows, dz, true, c, lines, num_lines);
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(SkinnyGemm);
HWY_EXPORT(Pack);
HWY_EXPORT(MultiplyPiece);

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

void project_block_backward(MatrixView<const float> x, MatrixView<const float> dz, MatrixView<float> g, float* pack,
                            std::array<MatrixView<const float>, 2> soon) noexcept {
  assert(x.rows <= kProjectRows);
  const auto copy_piece = HWY_DYNAMIC_DISPATCH(Pack);
  const auto multiply = HWY_DYNAMIC_DISPATCH(MultiplyPiece);
  constexpr Index kPieceLines = kPackColumns / kLine;
  std::array<Lines, kPackColumns / kTileRows> lines;
  std::size_t view = 0;
  Index column = 0;  // of soon[view], where its next line begins
  for (Index c = 0; c < x.cols; c += kPackColumns) {
    const Index count = std::min(kPackColumns, x.cols - c);
    copy_piece(x, c, count, pack);
    // The next piece of the same rows, or after the last one the first piece of the next block.
    const float* next = x.data + (c + kPackColumns < x.cols ? c + kPackColumns : x.rows * x.stride);
    Index used = 0;
    for (; used < kPieceLines; ++used) lines[static_cast<std::size_t>(used)] = {next + used * kLine, x.stride};
    for (; used < count / kTileRows && view < soon.size(); ++used) {
      lines[static_cast<std::size_t>(used)] = {soon[view].data + column, soon[view].stride};
      column += kLine;
      if (column < soon[view].cols) continue;
      column = 0;
      ++view;
    }
    multiply(pack, count, x.rows, dz, g.row_range(c, count), lines.data(), used);
  }
}

}  // namespace monet::kernels
#endif
