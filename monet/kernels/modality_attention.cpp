#include "monet/kernels/modality_attention.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/modality_attention.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Whole vectors of this are at most kTileColumns wide.
using Tag = HWY_CAPPED(float, 16);
using Vec = hn::Vec<Tag>;

// e^2x + 1. From 2x = 40 on tanh is 1 in float32, and the product of two such sums still is a float32.
HWY_INLINE Vec ExpPlusOne(Tag d, Vec x) {
  const Vec twice = hn::Min(hn::Add(x, x), hn::Set(d, 40.0F));
  return hn::Add(hn::Exp(d, hn::Max(twice, hn::Set(d, -80.0F))), hn::Set(d, 1.0F));
}

HWY_INLINE Vec Tanh(Tag d, Vec x) {
  return hn::Sub(hn::Set(d, 1.0F), hn::Div(hn::Set(d, 2.0F), ExpPlusOne(d, x)));
}

void TanhInPlace(MatrixView<float> x) {
  const Tag d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  for (Index r = 0; r < x.rows; ++r) {
    float* HWY_RESTRICT row = x.data + r * x.stride;
    Index c = 0;
    for (; c + lanes <= x.cols; c += lanes) hn::StoreU(Tanh(d, hn::LoadU(d, row + c)), d, row + c);
    if (c == x.cols) continue;
    HWY_ALIGN float tail[16] = {};
    for (Index k = c; k < x.cols; ++k) tail[k - c] = row[k];
    hn::Store(Tanh(d, hn::Load(d, tail)), d, tail);
    for (Index k = c; k < x.cols; ++k) row[k] = tail[k - c];
  }
}

// Σ w tanh = Σ w - 2 Σ w / (e^2x + 1); two terms share a division: p / u + q / v = (p v + q u) / (u v).
void TanhLogits(MatrixView<const float> x, const float* HWY_RESTRICT bias, const float* HWY_RESTRICT weight,
                float* HWY_RESTRICT logits) {
  const Tag d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  float total = 0.0F;
  for (Index j = 0; j < x.rows; ++j) total += weight[j];
  for (Index c = 0; c < x.cols; c += lanes) {
    const float* HWY_RESTRICT from = x.data + c;
    Vec sum = hn::Zero(d);
    Index j = 0;
    for (; j + 2 <= x.rows; j += 2) {
      const Vec u = ExpPlusOne(d, hn::Add(hn::LoadU(d, from + j * x.stride), hn::Set(d, bias[j])));
      const Vec v = ExpPlusOne(d, hn::Add(hn::LoadU(d, from + (j + 1) * x.stride), hn::Set(d, bias[j + 1])));
      const Vec top = hn::MulAdd(hn::Set(d, weight[j]), v, hn::Mul(hn::Set(d, weight[j + 1]), u));
      sum = hn::Add(sum, hn::Div(top, hn::Mul(u, v)));
    }
    if (j < x.rows) {
      const Vec u = ExpPlusOne(d, hn::Add(hn::LoadU(d, from + j * x.stride), hn::Set(d, bias[j])));
      sum = hn::Add(sum, hn::Div(hn::Set(d, weight[j]), u));
    }
    hn::StoreU(hn::NegMulAdd(hn::Set(d, 2.0F), sum, hn::Set(d, total)), d, logits + c);
  }
}

void SoftmaxMix(MatrixView<const float> logits, MatrixView<const float> values, float* HWY_RESTRICT scores) {
  const Tag d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  for (Index c = 0; c < logits.cols; c += lanes) {
    Vec largest = hn::LoadU(d, logits.data + c);
    for (Index m = 1; m < logits.rows; ++m) {
      largest = hn::Max(largest, hn::LoadU(d, logits.data + m * logits.stride + c));
    }
    Vec weights = hn::Zero(d);
    Vec weighted = hn::Zero(d);
    for (Index m = 0; m < logits.rows; ++m) {
      const Vec e = hn::Exp(d, hn::Sub(hn::LoadU(d, logits.data + m * logits.stride + c), largest));
      weights = hn::Add(weights, e);
      weighted = hn::MulAdd(e, hn::LoadU(d, values.data + m * values.stride + c), weighted);
    }
    hn::StoreU(hn::Div(weighted, weights), d, scores + c);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(TanhInPlace);
HWY_EXPORT(TanhLogits);
HWY_EXPORT(SoftmaxMix);

void tanh_in_place(MatrixView<float> x) noexcept {
  HWY_DYNAMIC_DISPATCH(TanhInPlace)(x);
}

void tanh_logits(MatrixView<const float> x, const float* bias, const float* weight, float* logits) noexcept {
  HWY_DYNAMIC_DISPATCH(TanhLogits)(x, bias, weight, logits);
}

void softmax_mix(MatrixView<const float> logits, MatrixView<const float> values, float* scores) noexcept {
  HWY_DYNAMIC_DISPATCH(SoftmaxMix)(logits, values, scores);
}

}  // namespace monet::kernels
#endif
