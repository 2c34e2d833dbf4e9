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

TripletDots Dots(const float* user, const float* positive, const float* negative, Index size) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  auto up = hn::Zero(d), un = up, uu = up, pp = up, nn = up;
  Index c = 0;
  for (; c + lanes <= size; c += lanes) {
    const auto u = hn::LoadU(d, user + c);
    const auto p = hn::LoadU(d, positive + c);
    const auto n = hn::LoadU(d, negative + c);
    up = hn::MulAdd(u, p, up);
    un = hn::MulAdd(u, n, un);
    uu = hn::MulAdd(u, u, uu);
    pp = hn::MulAdd(p, p, pp);
    nn = hn::MulAdd(n, n, nn);
  }
  const auto total = [&](auto v) { return hn::GetLane(hn::SumOfLanes(d, v)); };
  TripletDots dots{total(up), total(un), total(uu), total(pp), total(nn)};
  for (; c < size; ++c) {
    dots.user_positive += user[c] * positive[c];
    dots.user_negative += user[c] * negative[c];
    dots.user_user += user[c] * user[c];
    dots.positive_positive += positive[c] * positive[c];
    dots.negative_negative += negative[c] * negative[c];
  }
  return dots;
}

void TripletBackward(const float* user, const float* positive, const float* negative, float g, float decay, Index begin,
                     Index end, float* grad_user, float* grad_positive, float* grad_negative) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const auto vg = hn::Set(d, g);
  const auto vdecay = hn::Set(d, decay);
  Index c = begin;
  for (; c + lanes <= end; c += lanes) {
    const auto u = hn::LoadU(d, user + c);
    const auto p = hn::LoadU(d, positive + c);
    const auto n = hn::LoadU(d, negative + c);
    hn::StoreU(hn::MulAdd(vg, hn::Sub(p, n), hn::MulAdd(vdecay, u, hn::LoadU(d, grad_user + c))), d, grad_user + c);
    hn::StoreU(hn::MulAdd(vg, u, hn::MulAdd(vdecay, p, hn::LoadU(d, grad_positive + c))), d, grad_positive + c);
    hn::StoreU(hn::NegMulAdd(vg, u, hn::MulAdd(vdecay, n, hn::LoadU(d, grad_negative + c))), d, grad_negative + c);
  }
  for (; c < end; ++c) {
    grad_user[c] += g * (positive[c] - negative[c]) + decay * user[c];
    grad_positive[c] += g * user[c] + decay * positive[c];
    grad_negative[c] += decay * negative[c] - g * user[c];
  }
}

// Up to a register of scores, the others kMasked, become slopes in `s`; returns ŷ^o. Most histories are that short.
template <class V>
HWY_INLINE float short_slopes(V scores, float* s) {
  const hn::ScalableTag<float> d;
  const auto top = hn::MaxOfLanes(d, scores);
  const auto relative = hn::Max(hn::Sub(scores, top), hn::Set(d, -100.0F));
  const auto e = hn::IfThenElseZero(hn::Gt(relative, hn::Set(d, -100.0F)), hn::Exp(d, relative));
  const auto inverse = hn::Div(hn::Set(d, 1.0F), hn::SumOfLanes(d, e));
  const auto a = hn::Mul(e, inverse);
  const auto mean = hn::SumOfLanes(d, hn::Mul(a, relative));
  hn::StoreU(hn::Mul(a, hn::Add(relative, hn::Sub(hn::Set(d, 1.0F), mean))), d, s);
  return hn::GetLane(hn::Add(mean, top));
}

// Any number of scores in `s` (padded with kMasked to whole vectors).
HWY_INLINE float long_slopes(float* s, Index count) {
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
  const auto iota = hn::Iota(d, 0.0F);
  // Scores of a short history stay in registers: a vector load would wait for the single stores before it.
  auto short_positive = hn::Set(d, kMasked), short_negative = short_positive;
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
    if (exclude >= 0 && history[k] == exclude && count > 1) p = kMasked;
    if (count <= lanes) {
      const auto here = hn::Eq(iota, hn::Set(d, static_cast<float>(k)));
      short_positive = hn::IfThenElse(here, hn::Set(d, p), short_positive);
      short_negative = hn::IfThenElse(here, hn::Set(d, n), short_negative);
    } else {
      positive_slope[k] = p;
      negative_slope[k] = n;
    }
  }
  if (count <= lanes)
    return {short_slopes(short_positive, positive_slope), short_slopes(short_negative, negative_slope)};
  return {long_slopes(positive_slope, count), long_slopes(negative_slope, count)};
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
      const float* row_ahead = items.data + history[std::min(k + kPrefetchAhead, count - 1)] * items.stride + c;
      for (Index line = 0; line < 4 * lanes; line += 16) {
        hwy::Prefetch(ahead + line);
        hwy::Prefetch(row_ahead + line);
      }
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
  // What is left of a worker's share of the columns: it may be all of it.
  for (; c + lanes <= col_end; c += lanes) {
    const auto p = hn::LoadU(d, positive + c);
    const auto n = hn::LoadU(d, negative + c);
    auto gp = hn::Zero(d), gn = gp;
    for (Index k = 0; k < count; ++k) {
      const Index ahead = history[std::min(k + kPrefetchAhead, count - 1)];
      hwy::Prefetch(grad_items.data + ahead * grad_items.stride + c);
      hwy::Prefetch(items.data + ahead * items.stride + c);
      float* grad = grad_items.data + history[k] * grad_items.stride + c;
      const auto wp = hn::Set(d, scale * positive_slope[k]);
      const auto wn = hn::Set(d, -scale * negative_slope[k]);
      const auto e = hn::LoadU(d, items.data + history[k] * items.stride + c);
      gp = hn::MulAdd(wp, e, gp);
      gn = hn::MulAdd(wn, e, gn);
      hn::StoreU(hn::MulAdd(wp, p, hn::MulAdd(wn, n, hn::LoadU(d, grad))), d, grad);
    }
    hn::StoreU(hn::Add(gp, hn::LoadU(d, grad_positive + c)), d, grad_positive + c);
    hn::StoreU(hn::Add(gn, hn::LoadU(d, grad_negative + c)), d, grad_negative + c);
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

HWY_EXPORT(Dots);
HWY_EXPORT(TripletBackward);
HWY_EXPORT(Attend);
HWY_EXPORT(AttendBackward);

TripletDots triplet_dots(const float* user, const float* positive, const float* negative, Index size) noexcept {
  return HWY_DYNAMIC_DISPATCH(Dots)(user, positive, negative, size);
}

void triplet_backward(const float* user, const float* positive, const float* negative, float g, float decay,
                      Index begin, Index end, float* grad_user, float* grad_positive, float* grad_negative) noexcept {
  HWY_DYNAMIC_DISPATCH(TripletBackward)
  (user, positive, negative, g, decay, begin, end, grad_user, grad_positive, grad_negative);
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
