#include "monet/kernels/exponentials.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/exponentials.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using ExpTag = HWY_CAPPED(float, 16);
using ExpVec = hn::Vec<ExpTag>;

HWY_INLINE ExpVec WeightedExponential(ExpTag d, ExpVec x, float factor, float shift, const float* weights) {
  const ExpVec exponent = hn::MulAdd(x, hn::Set(d, factor), hn::Set(d, shift));
  const ExpVec e = hn::Exp(d, hn::Max(exponent, hn::Set(d, -87.0F)));
  return weights == nullptr ? e : hn::Mul(e, hn::LoadU(d, weights));
}

float WeightedExponentials(float* x, Index count, float factor, float shift, const float* weights) {
  const ExpTag d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  ExpVec sum = hn::Zero(d);
  Index k = 0;
  for (; k + lanes <= count; k += lanes) {
    const ExpVec e =
        WeightedExponential(d, hn::LoadU(d, x + k), factor, shift, weights == nullptr ? nullptr : weights + k);
    hn::StoreU(e, d, x + k);
    sum = hn::Add(sum, e);
  }
  float total = hn::GetLane(hn::SumOfLanes(d, sum));
  if (k == count) return total;
  HWY_ALIGN float rest[16] = {};
  HWY_ALIGN float of_rest[16] = {};
  std::copy_n(x + k, count - k, rest);
  if (weights != nullptr) std::copy_n(weights + k, count - k, of_rest);
  hn::Store(WeightedExponential(d, hn::Load(d, rest), factor, shift, weights == nullptr ? nullptr : of_rest), d, rest);
  for (Index r = 0; r < count - k; ++r) {
    x[k + r] = rest[r];
    total += rest[r];
  }
  return total;
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(WeightedExponentials);

float weighted_exponentials(float* x, Index count, float factor, float shift, const float* weights) noexcept {
  return HWY_DYNAMIC_DISPATCH(WeightedExponentials)(x, count, factor, shift, weights);
}

}  // namespace monet::kernels
#endif
