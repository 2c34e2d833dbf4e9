#include "monet/kernels/bfloat16.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/bfloat16.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

BFloat16 Rounded(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  // Rounding would carry a NaN's payload into its sign, or lose it and leave an infinity.
  const bool is_nan = (bits & 0x7fffffffU) > 0x7f800000U;
  return static_cast<BFloat16>(is_nan ? (bits >> 16) | 0x40U : rounded);
}

void ToBFloat16(MatrixView<const float> source, MatrixView<BFloat16> target) {
  const hn::ScalableTag<float> d;
  const hn::RebindToUnsigned<decltype(d)> whole;
  const hn::Rebind<BFloat16, decltype(d)> half;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  for (Index r = 0; r < source.rows; ++r) {
    const float* const from = source.row(r);
    BFloat16* const to = target.row(r);
    Index c = 0;
    for (; c + lanes <= source.cols; c += lanes) {
      const auto x = hn::LoadU(d, from + c);
      const auto bits = hn::BitCast(whole, x);
      const auto upper = hn::ShiftRight<16>(bits);
      const auto even = hn::And(upper, hn::Set(whole, 1));
      const auto rounded = hn::ShiftRight<16>(hn::Add(hn::Add(bits, hn::Set(whole, 0x7fff)), even));
      const auto nan = hn::RebindMask(whole, hn::IsNaN(x));
      const auto stored = hn::IfThenElse(nan, hn::Or(upper, hn::Set(whole, 0x40)), rounded);
      hn::StoreU(hn::TruncateTo(half, stored), half, to + c);
    }
    for (; c < source.cols; ++c) to[c] = Rounded(from[c]);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(ToBFloat16);

void to_bfloat16(MatrixView<const float> source, MatrixView<BFloat16> target) noexcept {
  HWY_DYNAMIC_DISPATCH(ToBFloat16)(source, target);
}

void to_float32(MatrixView<const BFloat16> source, MatrixView<float> target) noexcept {
  for (Index r = 0; r < source.rows; ++r) {
    for (Index c = 0; c < source.cols; ++c) target(r, c) = to_float32(source(r, c));
  }
}

}  // namespace monet::kernels
#endif
