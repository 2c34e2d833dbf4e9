#include "monet/kernels/subtract_product.h"

#include <cassert>
#include <type_traits>

#ifndef MONET_KERNELS_SUBTRACT_PRODUCT_ONCE
#define MONET_KERNELS_SUBTRACT_PRODUCT_ONCE
namespace monet::kernels {
namespace {
constexpr int kProductRows = 6;
}  // namespace
}  // namespace monet::kernels
#endif

// Tiles are arrays of registers, which vector types without a compile-time size cannot be.
#ifndef HWY_DISABLED_TARGETS  // a build with sanitizers says more (CMakeLists.txt)
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#endif
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/subtract_product.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace subtract_product_detail {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));
constexpr int kVectors = kLanes == 8 ? 4 : 2;
constexpr Index kColumns = kLanes * kVectors;

template <int kRows>
HWY_INLINE void tile(MatrixView<const double> a, Index row, MatrixView<const double> b, Index column,
                     MatrixView<double> c) {
  const D d;
  V sums[kRows][kVectors];
  HWY_UNROLL(6)
  for (int i = 0; i < kRows; ++i) {
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) {
      sums[i][v] = hn::LoadU(d, c.data + (row + i) * c.stride + column + v * kLanes);
    }
  }
  for (Index t = 0; t < a.cols; ++t) {
    V other[kVectors];
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) other[v] = hn::LoadU(d, b.data + t * b.stride + column + v * kLanes);
    HWY_UNROLL(6)
    for (int i = 0; i < kRows; ++i) {
      const V x = hn::Set(d, a.data[(row + i) * a.stride + t]);
      HWY_UNROLL(4)
      for (int v = 0; v < kVectors; ++v) sums[i][v] = hn::NegMulAdd(x, other[v], sums[i][v]);
    }
  }
  HWY_UNROLL(6)
  for (int i = 0; i < kRows; ++i) {
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) {
      hn::StoreU(sums[i][v], d, c.data + (row + i) * c.stride + column + v * kLanes);
    }
  }
}

void SubtractProduct(MatrixView<const double> a, MatrixView<const double> b, MatrixView<double> c) {
  Index column = 0;
  for (; column + kColumns <= c.cols; column += kColumns) {
    Index row = 0;
    for (; row + kProductRows <= c.rows; row += kProductRows) tile<kProductRows>(a, row, b, column, c);
    for (; row < c.rows; ++row) tile<1>(a, row, b, column, c);
  }
  for (Index row = 0; row < c.rows && column < c.cols; ++row) {
    for (Index t = 0; t < a.cols; ++t) {
      const double x = a.data[row * a.stride + t];
      for (Index j = column; j < c.cols; ++j) c.data[row * c.stride + j] -= x * b.data[t * b.stride + j];
    }
  }
}

}  // namespace subtract_product_detail
using subtract_product_detail::SubtractProduct;
}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(SubtractProduct);

void subtract_product(MatrixView<const double> a, MatrixView<const double> b, MatrixView<double> c) noexcept {
  assert(a.rows == c.rows && b.rows == a.cols && b.cols == c.cols);
  HWY_DYNAMIC_DISPATCH(SubtractProduct)(a, b, c);
}

}  // namespace monet::kernels
#endif
