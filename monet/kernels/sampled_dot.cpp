#include "monet/kernels/sampled_dot.h"

#include <hwy/cache_control.h>

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/sampled_dot.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr Index kPrefetchAhead = 8;  // entries

HWY_INLINE float dot(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, Index width) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  auto v0 = hn::Zero(d), v1 = v0;
  Index c = 0;
  for (; c + 2 * lanes <= width; c += 2 * lanes) {
    v0 = hn::MulAdd(hn::LoadU(d, a + c), hn::LoadU(d, b + c), v0);
    v1 = hn::MulAdd(hn::LoadU(d, a + c + lanes), hn::LoadU(d, b + c + lanes), v1);
  }
  for (; c + lanes <= width; c += lanes) v0 = hn::MulAdd(hn::LoadU(d, a + c), hn::LoadU(d, b + c), v0);
  float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(v0, v1)));
  for (; c < width; ++c) sum += a[c] * b[c];
  return sum;
}

void SampledDotRows(const SampledDotOperands& o, Index begin, Index end) {
  const std::int32_t* HWY_RESTRICT columns = o.pattern.indices.data();
  const Index last = o.pattern.nnz() - 1;
  const Index width = o.a.cols;
  float* HWY_RESTRICT y = o.y.data();
  for (Index r = begin; r < end; ++r) {
    const float* a = o.a.row(r);
    const Index first = o.pattern.indptr[static_cast<std::size_t>(r)];
    const Index beyond = o.pattern.indptr[static_cast<std::size_t>(r) + 1];
    for (Index k = first; k < beyond; ++k) {
      // Looking ahead past the row still fetches what the next one uses.
      const float* ahead = o.b.row(columns[std::min(k + kPrefetchAhead, last)]);
      for (Index line = 0; line < width; line += 16) hwy::Prefetch(ahead + line);
      const float product = dot(a, o.b.row(columns[k]), width);
      y[k] = o.accumulate ? y[k] + product : product;
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(SampledDotRows);

void sampled_dot_rows(const SampledDotOperands& operands, Index begin, Index end) noexcept {
  HWY_DYNAMIC_DISPATCH(SampledDotRows)(operands, begin, end);
}

}  // namespace monet::kernels
#endif
