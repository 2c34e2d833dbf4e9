#include "monet/kernels/target_attention.h"

#include <hwy/cache_control.h>

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/target_attention.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr Index kPrefetchAhead = 6;
constexpr float kMasked = -3.0e38F;  // exp(kMasked − max) is 0

HWY_INLINE void prefetch_row(const float* row, Index width) {
  for (Index line = 0; line < width; line += 16) hwy::Prefetch(row + line);
}

float Dot(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, Index size) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  auto s0 = hn::Zero(d), s1 = s0;
  Index c = 0;
  for (; c + 2 * lanes <= size; c += 2 * lanes) {
    s0 = hn::MulAdd(hn::LoadU(d, a + c), hn::LoadU(d, b + c), s0);
    s1 = hn::MulAdd(hn::LoadU(d, a + c + lanes), hn::LoadU(d, b + c + lanes), s1);
  }
  for (; c + lanes <= size; c += lanes) s0 = hn::MulAdd(hn::LoadU(d, a + c), hn::LoadU(d, b + c), s0);
  float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(s0, s1)));
  for (; c < size; ++c) sum += a[c] * b[c];
  return sum;
}

void AddScaled(float scale, const float* HWY_RESTRICT x, float* HWY_RESTRICT y, Index begin, Index end) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const auto factor = hn::Set(d, scale);
  Index c = begin;
  for (; c + lanes <= end; c += lanes) {
    hn::StoreU(hn::MulAdd(factor, hn::LoadU(d, x + c), hn::LoadU(d, y + c)), d, y + c);
  }
  for (; c < end; ++c) y[c] += scale * x[c];
}

// Scores in `s` (padded with kMasked to whole vectors) become slopes; returns ŷ^o.
HWY_INLINE float softmax_slopes(float* s, Index count) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const Index padded = (count + lanes - 1) / lanes * lanes;
  for (Index k = count; k < padded; ++k) s[k] = kMasked;
  auto maxima = hn::Set(d, kMasked);
  for (Index k = 0; k < padded; k += lanes) maxima = hn::Max(maxima, hn::LoadU(d, s + k));
  const auto maximum = hn::MaxOfLanes(d, maxima);
  auto weights = hn::Zero(d);
  auto weighted = hn::Zero(d);
  for (Index k = 0; k < padded; k += lanes) {
    const auto v = hn::LoadU(d, s + k);
    const auto relative = hn::Sub(v, maximum);
    const auto e =
        hn::IfThenElseZero(hn::Gt(relative, hn::Set(d, -100.0F)), hn::Exp(d, hn::Max(relative, hn::Set(d, -100.0F))));
    weights = hn::Add(weights, e);
    // Relative to the maximum, so that masked entries add 0 and large scores lose nothing.
    weighted = hn::MulAdd(e, hn::Max(relative, hn::Set(d, -100.0F)), weighted);
  }
  const float total = hn::GetLane(hn::SumOfLanes(d, weights));
  const float mean = hn::GetLane(hn::SumOfLanes(d, weighted)) / total;  // ŷ^o − maximum
  const auto inverse = hn::Set(d, 1.0F / total);
  const auto offset = hn::Set(d, 1.0F - mean);
  for (Index k = 0; k < padded; k += lanes) {
    const auto relative = hn::Sub(hn::LoadU(d, s + k), maximum);
    const auto bounded = hn::Max(relative, hn::Set(d, -100.0F));
    const auto e = hn::IfThenElseZero(hn::Gt(relative, hn::Set(d, -100.0F)), hn::Exp(d, bounded));
    hn::StoreU(hn::Mul(hn::Mul(e, inverse), hn::Add(bounded, offset)), d, s + k);
  }
  return mean + hn::GetLane(maximum);
}

TargetScores Attend(MatrixView<const float> items, const std::int32_t* history, Index count, const float* positive,
                    const float* negative, std::int32_t exclude, float* positive_slope, float* negative_slope) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const Index width = items.cols;
  for (Index k = 0; k < count; ++k) {
    prefetch_row(items.data + history[std::min(k + kPrefetchAhead, count - 1)] * items.stride, width);
    const float* row = items.data + history[k] * items.stride;
    auto p0 = hn::Zero(d), p1 = p0, n0 = p0, n1 = p0;
    Index c = 0;
    for (; c + 2 * lanes <= width; c += 2 * lanes) {
      const auto a = hn::LoadU(d, row + c);
      const auto b = hn::LoadU(d, row + c + lanes);
      p0 = hn::MulAdd(a, hn::LoadU(d, positive + c), p0);
      n0 = hn::MulAdd(a, hn::LoadU(d, negative + c), n0);
      p1 = hn::MulAdd(b, hn::LoadU(d, positive + c + lanes), p1);
      n1 = hn::MulAdd(b, hn::LoadU(d, negative + c + lanes), n1);
    }
    for (; c + lanes <= width; c += lanes) {
      const auto a = hn::LoadU(d, row + c);
      p0 = hn::MulAdd(a, hn::LoadU(d, positive + c), p0);
      n0 = hn::MulAdd(a, hn::LoadU(d, negative + c), n0);
    }
    float p = hn::GetLane(hn::SumOfLanes(d, hn::Add(p0, p1)));
    float n = hn::GetLane(hn::SumOfLanes(d, hn::Add(n0, n1)));
    for (; c < width; ++c) {
      p += row[c] * positive[c];
      n += row[c] * negative[c];
    }
    positive_slope[k] = exclude >= 0 && history[k] == exclude && count > 1 ? kMasked : p;
    negative_slope[k] = n;
  }
  return {softmax_slopes(positive_slope, count), softmax_slopes(negative_slope, count)};
}

void AttendBackward(MatrixView<const float> items, const std::int32_t* history, Index count, const float* positive,
                    const float* negative, const float* positive_slope, const float* negative_slope, float scale,
                    Index col_begin, Index col_end, MatrixView<float> grad_items, float* grad_positive,
                    float* grad_negative) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  Index c = col_begin;
  for (; c + 4 * lanes <= col_end; c += 4 * lanes) {
    const auto p0 = hn::LoadU(d, positive + c), p1 = hn::LoadU(d, positive + c + lanes);
    const auto p2 = hn::LoadU(d, positive + c + 2 * lanes), p3 = hn::LoadU(d, positive + c + 3 * lanes);
    const auto n0 = hn::LoadU(d, negative + c), n1 = hn::LoadU(d, negative + c + lanes);
    const auto n2 = hn::LoadU(d, negative + c + 2 * lanes), n3 = hn::LoadU(d, negative + c + 3 * lanes);
    auto gp0 = hn::Zero(d), gp1 = gp0, gp2 = gp0, gp3 = gp0, gn0 = gp0, gn1 = gp0, gn2 = gp0, gn3 = gp0;
    for (Index k = 0; k < count; ++k) {
      float* ahead = grad_items.data + history[std::min(k + kPrefetchAhead, count - 1)] * grad_items.stride + c;
      for (Index line = 0; line < 4 * lanes; line += 16) hwy::Prefetch(ahead + line);
      const float* row = items.data + history[k] * items.stride + c;
      float* grad = grad_items.data + history[k] * grad_items.stride + c;
      const auto wp = hn::Set(d, scale * positive_slope[k]);
      const auto wn = hn::Set(d, -scale * negative_slope[k]);
      const auto e0 = hn::LoadU(d, row), e1 = hn::LoadU(d, row + lanes);
      const auto e2 = hn::LoadU(d, row + 2 * lanes), e3 = hn::LoadU(d, row + 3 * lanes);
      gp0 = hn::MulAdd(wp, e0, gp0);
      gp1 = hn::MulAdd(wp, e1, gp1);
      gp2 = hn::MulAdd(wp, e2, gp2);
      gp3 = hn::MulAdd(wp, e3, gp3);
      gn0 = hn::MulAdd(wn, e0, gn0);
      gn1 = hn::MulAdd(wn, e1, gn1);
      gn2 = hn::MulAdd(wn, e2, gn2);
      gn3 = hn::MulAdd(wn, e3, gn3);
      hn::StoreU(hn::MulAdd(wp, p0, hn::MulAdd(wn, n0, hn::LoadU(d, grad))), d, grad);
      hn::StoreU(hn::MulAdd(wp, p1, hn::MulAdd(wn, n1, hn::LoadU(d, grad + lanes))), d, grad + lanes);
      hn::StoreU(hn::MulAdd(wp, p2, hn::MulAdd(wn, n2, hn::LoadU(d, grad + 2 * lanes))), d, grad + 2 * lanes);
      hn::StoreU(hn::MulAdd(wp, p3, hn::MulAdd(wn, n3, hn::LoadU(d, grad + 3 * lanes))), d, grad + 3 * lanes);
    }
    // The targets' own rows last: the positive is a member of the history.
    hn::StoreU(hn::Add(gp0, hn::LoadU(d, grad_positive + c)), d, grad_positive + c);
    hn::StoreU(hn::Add(gp1, hn::LoadU(d, grad_positive + c + lanes)), d, grad_positive + c + lanes);
    hn::StoreU(hn::Add(gp2, hn::LoadU(d, grad_positive + c + 2 * lanes)), d, grad_positive + c + 2 * lanes);
    hn::StoreU(hn::Add(gp3, hn::LoadU(d, grad_positive + c + 3 * lanes)), d, grad_positive + c + 3 * lanes);
    hn::StoreU(hn::Add(gn0, hn::LoadU(d, grad_negative + c)), d, grad_negative + c);
    hn::StoreU(hn::Add(gn1, hn::LoadU(d, grad_negative + c + lanes)), d, grad_negative + c + lanes);
    hn::StoreU(hn::Add(gn2, hn::LoadU(d, grad_negative + c + 2 * lanes)), d, grad_negative + c + 2 * lanes);
    hn::StoreU(hn::Add(gn3, hn::LoadU(d, grad_negative + c + 3 * lanes)), d, grad_negative + c + 3 * lanes);
  }
  for (; c < col_end; ++c) {
    float gp = 0.0F;
    float gn = 0.0F;
    for (Index k = 0; k < count; ++k) {
      const float e = items.data[history[k] * items.stride + c];
      const float wp = scale * positive_slope[k];
      const float wn = -scale * negative_slope[k];
      gp += wp * e;
      gn += wn * e;
      grad_items.data[history[k] * grad_items.stride + c] += wp * positive[c] + wn * negative[c];
    }
    grad_positive[c] += gp;
    grad_negative[c] += gn;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(Dot);
HWY_EXPORT(AddScaled);
HWY_EXPORT(Attend);
HWY_EXPORT(AttendBackward);

float dot(const float* a, const float* b, Index size) noexcept {
  return HWY_DYNAMIC_DISPATCH(Dot)(a, b, size);
}

void add_scaled(float scale, const float* x, float* y, Index begin, Index end) noexcept {
  HWY_DYNAMIC_DISPATCH(AddScaled)(scale, x, y, begin, end);
}

TargetScores target_attention(MatrixView<const float> items, std::span<const std::int32_t> history,
                              const float* positive, const float* negative, std::int32_t exclude, float* positive_slope,
                              float* negative_slope) noexcept {
  return HWY_DYNAMIC_DISPATCH(Attend)(items, history.data(), static_cast<Index>(history.size()), positive, negative,
                                      exclude, positive_slope, negative_slope);
}

void target_attention_backward(MatrixView<const float> items, std::span<const std::int32_t> history,
                               const float* positive, const float* negative, const float* positive_slope,
                               const float* negative_slope, float scale, Index col_begin, Index col_end,
                               MatrixView<float> grad_items, float* grad_positive, float* grad_negative) noexcept {
  HWY_DYNAMIC_DISPATCH(AttendBackward)
  (items, history.data(), static_cast<Index>(history.size()), positive, negative, positive_slope, negative_slope, scale,
   col_begin, col_end, grad_items, grad_positive, grad_negative);
}

double target_attention_reference(MatrixView<const float> items, std::span<const std::int32_t> history,
                                  const float* target, std::int32_t exclude) noexcept {
  const auto score = [&](std::int32_t item) {
    double sum = 0.0;
    for (Index c = 0; c < items.cols; ++c) sum += static_cast<double>(items(item, c)) * target[c];
    return sum;
  };
  const auto left_out = [&](std::int32_t item) { return item == exclude && history.size() > 1; };
  double maximum = -1e300;
  for (const std::int32_t item : history) {
    if (!left_out(item)) maximum = std::max(maximum, score(item));
  }
  double total = 0.0;
  double weighted = 0.0;
  for (const std::int32_t item : history) {
    if (left_out(item)) continue;
    const double s = score(item);
    const double a = std::exp(s - maximum);
    total += a;
    weighted += a * s;
  }
  return weighted / total;
}

}  // namespace monet::kernels
#endif
