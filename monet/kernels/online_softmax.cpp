#include "monet/kernels/online_softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/online_softmax.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// A logit may pass the shift by this much: e^40 · 2^60 columns are far from overflow.
constexpr float kHeadroom = 40.0F;

// The logits in place, and the largest of them.
float Logits(float* x, Index count, float factor, const float* bias) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const auto scale = hn::Set(d, factor);
  auto largest = hn::Set(d, std::numeric_limits<float>::lowest());
  Index c = 0;
  for (; c + lanes <= count; c += lanes) {
    const auto b = bias == nullptr ? hn::Zero(d) : hn::LoadU(d, bias + c);
    const auto logit = hn::MulAdd(scale, hn::LoadU(d, x + c), b);
    largest = hn::Max(largest, logit);
    hn::StoreU(logit, d, x + c);
  }
  float most = hn::GetLane(hn::MaxOfLanes(d, largest));
  for (; c < count; ++c) {
    x[c] = factor * x[c] + (bias == nullptr ? 0.0F : bias[c]);
    most = std::max(most, x[c]);
  }
  return most;
}

// exp(x − shift) in place, and its sum.
float Exponentials(float* x, Index count, float shift) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const auto s = hn::Set(d, shift);
  auto sums = hn::Zero(d), more = sums;
  Index c = 0;
  for (; c + 2 * lanes <= count; c += 2 * lanes) {
    const auto e0 = hn::Exp(d, hn::Sub(hn::LoadU(d, x + c), s));
    const auto e1 = hn::Exp(d, hn::Sub(hn::LoadU(d, x + c + lanes), s));
    hn::StoreU(e0, d, x + c);
    hn::StoreU(e1, d, x + c + lanes);
    sums = hn::Add(sums, e0);
    more = hn::Add(more, e1);
  }
  float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(sums, more)));
  for (; c < count; ++c) {
    x[c] = std::exp(x[c] - shift);
    sum += x[c];
  }
  return sum;
}

void AddSoftmaxColumns(MatrixView<float> rows, Index first, Index count, float factor, const float* bias, float* shift,
                       float* sum) {
  for (Index r = 0; r < rows.rows; ++r) {
    float* const row = rows.row(r);
    const float largest = Logits(row + first, count, factor, bias);
    if (largest > shift[r] + kHeadroom) {
      const float before = std::exp(shift[r] - largest);
      for (Index c = 0; c < first; ++c) row[c] *= before;
      sum[r] *= before;
      shift[r] = largest;
    }
    sum[r] += Exponentials(row + first, count, shift[r]);
  }
}

template <class D>
auto LoadWide(D d, const float* from) {
  return hn::LoadU(d, from);
}
template <class D>
auto LoadWide(D d, const BFloat16* from) {
  const hn::RebindToUnsigned<D> bits;
  const hn::Rebind<BFloat16, D> half;
  return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(bits, hn::LoadU(half, from))));
}

template <class T>
void AddWeightedColumnSums(MatrixView<const T> x, const float* weights, float* sums) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  // Columns whose sums stay in registers while the rows pass.
  Index c = 0;
  for (; c + 4 * lanes <= x.cols; c += 4 * lanes) {
    float* const to = sums + c;
    auto s0 = hn::LoadU(d, to), s1 = hn::LoadU(d, to + lanes);
    auto s2 = hn::LoadU(d, to + 2 * lanes), s3 = hn::LoadU(d, to + 3 * lanes);
    for (Index r = 0; r < x.rows; ++r) {
      const T* const from = x.row(r) + c;
      const auto w = hn::Set(d, weights[r]);
      s0 = hn::MulAdd(w, LoadWide(d, from), s0);
      s1 = hn::MulAdd(w, LoadWide(d, from + lanes), s1);
      s2 = hn::MulAdd(w, LoadWide(d, from + 2 * lanes), s2);
      s3 = hn::MulAdd(w, LoadWide(d, from + 3 * lanes), s3);
    }
    hn::StoreU(s0, d, to);
    hn::StoreU(s1, d, to + lanes);
    hn::StoreU(s2, d, to + 2 * lanes);
    hn::StoreU(s3, d, to + 3 * lanes);
  }
  for (; c < x.cols; ++c) {
    for (Index r = 0; r < x.rows; ++r) sums[c] += weights[r] * to_float32(x(r, c));
  }
}

void AddWeightedSumsOfFloats(MatrixView<const float> x, const float* weights, float* sums) {
  AddWeightedColumnSums(x, weights, sums);
}
void AddWeightedSumsOfHalves(MatrixView<const BFloat16> x, const float* weights, float* sums) {
  AddWeightedColumnSums(x, weights, sums);
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(AddSoftmaxColumns);
HWY_EXPORT(AddWeightedSumsOfFloats);
HWY_EXPORT(AddWeightedSumsOfHalves);

void SoftmaxState::reset() const noexcept {
  std::fill(shift.begin(), shift.end(), std::numeric_limits<float>::lowest());
  std::fill(sum.begin(), sum.end(), 0.0F);
}

void add_softmax_columns(MatrixView<float> rows, Index first, Index count, float factor, std::span<const float> bias,
                         const SoftmaxState& state) noexcept {
  HWY_DYNAMIC_DISPATCH(AddSoftmaxColumns)
  (rows, first, count, factor, bias.empty() ? nullptr : bias.data(), state.shift.data(), state.sum.data());
}

void add_weighted_column_sums(MatrixView<const float> x, std::span<const float> weights,
                              std::span<float> sums) noexcept {
  HWY_DYNAMIC_DISPATCH(AddWeightedSumsOfFloats)(x, weights.data(), sums.data());
}

void add_weighted_column_sums(MatrixView<const BFloat16> x, std::span<const float> weights,
                              std::span<float> sums) noexcept {
  HWY_DYNAMIC_DISPATCH(AddWeightedSumsOfHalves)(x, weights.data(), sums.data());
}

}  // namespace monet::kernels
#endif
