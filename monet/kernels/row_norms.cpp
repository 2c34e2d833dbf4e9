#include "monet/kernels/row_norms.h"

#include "monet/kernels/row_normalize.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/row_norms.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include "monet/kernels/detail/gathered-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void InverseNorms(MatrixView<const float> x, float* out) {
  with_width(x.cols, [&](auto width) {
    for (Index r = 0; r < x.rows; ++r) {
      const float* row = x.row(r);
      out[r] = 1.0F / std::max(std::sqrt(dot(row, row, width)), kNormFloor);
    }
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(InverseNorms);

void inverse_norms(MatrixView<const float> x, std::span<float> out) noexcept {
  HWY_DYNAMIC_DISPATCH(InverseNorms)(x, out.data());
}

}  // namespace monet::kernels
#endif
