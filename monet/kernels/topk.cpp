#include "monet/kernels/topk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/topk.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

Index FindAbove(MatrixView<const float> scores, const float* thresholds, std::int32_t* HWY_RESTRICT columns,
                Index* HWY_RESTRICT ends) {
  const HWY_CAPPED(float, 16) d;
  const hn::RebindToSigned<decltype(d)> di;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const Index whole = scores.cols / lanes * lanes;
  const Index wide = scores.cols / (4 * lanes) * (4 * lanes);
  Index found = 0;
  for (Index r = 0; r < scores.rows; ++r) {
    const float* HWY_RESTRICT row = scores.data + r * scores.stride;
    const auto threshold = hn::Set(d, thresholds[r]);
    const auto store = [&](Index c) HWY_ATTR {
      const auto above = hn::Gt(hn::LoadU(d, row + c), threshold);
      if (hn::AllFalse(d, above)) return;
      const auto ids = hn::Iota(di, static_cast<std::int32_t>(c));
      // Compressing in a register and storing it whole: a compressing store is microcoded on some processors.
      hn::StoreU(hn::Compress(ids, hn::RebindMask(di, above)), di, columns + found);
      found += static_cast<Index>(hn::CountTrue(d, above));
    };
    Index c = 0;
    for (; c < wide; c += 4 * lanes) {
      const auto a = hn::Max(hn::LoadU(d, row + c), hn::LoadU(d, row + c + lanes));
      const auto b = hn::Max(hn::LoadU(d, row + c + 2 * lanes), hn::LoadU(d, row + c + 3 * lanes));
      if (HWY_LIKELY(hn::AllFalse(d, hn::Gt(hn::Max(a, b), threshold)))) continue;
      for (Index v = 0; v < 4; ++v) store(c + v * lanes);
    }
    for (; c < whole; c += lanes) store(c);
    for (; c < scores.cols; ++c) {
      if (row[c] > thresholds[r]) columns[found++] = static_cast<std::int32_t>(c);
    }
    ends[r] = found;
  }
  return found;
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(FindAbove);

Index find_above(MatrixView<const float> scores, const float* thresholds, std::int32_t* columns, Index* ends) noexcept {
  return HWY_DYNAMIC_DISPATCH(FindAbove)(scores, thresholds, columns, ends);
}

}  // namespace monet::kernels
#endif
