#include "monet/kernels/leaky_sum.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/leaky_sum.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef MONET_KERNELS_LEAKY_SUM_ONCE
#define MONET_KERNELS_LEAKY_SUM_ONCE
namespace monet::kernels {
namespace {

constexpr std::uint8_t kAPositive = 1;
constexpr std::uint8_t kBPositive = 2;
constexpr std::uint8_t kKept = 4;

constexpr std::uint32_t kColumnStep = 0x9e3779b9U;
// Multipliers of Wellons' 32-bit hash ("lowbias32").
constexpr std::uint32_t kMix1 = 0x7feb352dU;
constexpr std::uint32_t kMix2 = 0x846ca68bU;

std::uint32_t row_bits(std::uint64_t key, Index row) {
  std::uint64_t z = key + static_cast<std::uint64_t>(row + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return static_cast<std::uint32_t>((z ^ (z >> 31)) >> 32);
}

std::uint32_t element_bits(std::uint32_t of_row, std::uint32_t col) {
  std::uint32_t x = of_row + col * kColumnStep;
  x = (x ^ (x >> 16)) * kMix1;
  x = (x ^ (x >> 15)) * kMix2;
  return x ^ (x >> 16);
}

float leaky(float x, float slope) {
  return x > 0.0F ? x : slope * x;
}

}  // namespace
}  // namespace monet::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void LeakySum(const LeakySumOperands& o) {
  const hn::ScalableTag<float> d;
  const hn::RebindToSigned<decltype(d)> di;
  const hn::RebindToUnsigned<decltype(d)> du;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const Index width = o.y.cols;
  const auto zero = hn::Zero(d);
  const auto slope = hn::Set(d, o.slope);
  const auto scale = hn::Set(d, o.dropout.scale);
  const auto threshold = hn::Set(du, o.dropout.threshold);
  const auto column_steps = hn::Mul(hn::Iota(du, 0), hn::Set(du, kColumnStep));
  const auto mix1 = hn::Set(du, kMix1);
  const auto mix2 = hn::Set(du, kMix2);
  for (Index r = 0; r < o.y.rows; ++r) {
    const std::uint32_t of_row = row_bits(o.dropout.key, o.first_row + r);
    const float* a = o.a.row(r);
    const float* b = o.b.row(r);
    float* y = o.y.row(r);
    std::uint8_t* signs = o.signs.row(r);
    Index c = 0;
    for (; c + lanes <= width; c += lanes) {
      auto bits = hn::Add(hn::Set(du, of_row + static_cast<std::uint32_t>(c) * kColumnStep), column_steps);
      bits = hn::Mul(hn::Xor(bits, hn::ShiftRight<16>(bits)), mix1);
      bits = hn::Mul(hn::Xor(bits, hn::ShiftRight<15>(bits)), mix2);
      bits = hn::Xor(bits, hn::ShiftRight<16>(bits));
      const auto dropped = hn::Lt(bits, threshold);
      const auto x = hn::Add(hn::LoadU(d, a + c), hn::LoadU(d, o.a_bias + c));
      const auto z = hn::Add(hn::LoadU(d, b + c), hn::LoadU(d, o.b_bias + c));
      const auto x_positive = hn::Gt(x, zero);
      const auto z_positive = hn::Gt(z, zero);
      const auto sum =
          hn::Add(hn::IfThenElse(x_positive, x, hn::Mul(slope, x)), hn::IfThenElse(z_positive, z, hn::Mul(slope, z)));
      hn::StoreU(hn::IfThenZeroElse(hn::RebindMask(d, dropped), hn::Mul(scale, sum)), d, y + c);
      const auto marks = hn::Or(hn::Or(hn::IfThenElseZero(hn::RebindMask(di, x_positive), hn::Set(di, kAPositive)),
                                       hn::IfThenElseZero(hn::RebindMask(di, z_positive), hn::Set(di, kBPositive))),
                                hn::IfThenZeroElse(hn::RebindMask(di, dropped), hn::Set(di, kKept)));
      hn::StoreU(hn::DemoteTo(d8, marks), d8, signs + c);
    }
    for (; c < width; ++c) {
      const bool kept = element_bits(of_row, static_cast<std::uint32_t>(c)) >= o.dropout.threshold;
      const float x = a[c] + o.a_bias[c];
      const float z = b[c] + o.b_bias[c];
      y[c] = kept ? o.dropout.scale * (leaky(x, o.slope) + leaky(z, o.slope)) : 0.0F;
      signs[c] =
          static_cast<std::uint8_t>((x > 0.0F ? kAPositive : 0) | (z > 0.0F ? kBPositive : 0) | (kept ? kKept : 0));
    }
  }
}

void LeakySumBackward(const LeakySumBackwardOperands& o) {
  const hn::ScalableTag<float> d;
  const hn::RebindToSigned<decltype(d)> di;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const Index width = o.y_grad.cols;
  const auto slope = hn::Set(d, o.slope);
  const auto scale = hn::Set(d, o.scale);
  const auto a_bit = hn::Set(di, kAPositive);
  const auto b_bit = hn::Set(di, kBPositive);
  const auto kept_bit = hn::Set(di, kKept);
  using V = hn::Vec<decltype(d)>;
  const auto element = [&](Index r, Index at, V& a_sum, V& b_sum) HWY_ATTR {
    const auto marks = hn::PromoteTo(di, hn::LoadU(d8, o.signs.row(r) + at));
    const auto kept = hn::RebindMask(d, hn::TestBit(marks, kept_bit));
    const auto g = hn::IfThenElseZero(kept, hn::Mul(scale, hn::LoadU(d, o.y_grad.row(r) + at)));
    const auto below = hn::Mul(slope, g);
    const auto a_grad = hn::IfThenElse(hn::RebindMask(d, hn::TestBit(marks, a_bit)), g, below);
    const auto b_grad = hn::IfThenElse(hn::RebindMask(d, hn::TestBit(marks, b_bit)), g, below);
    hn::StoreU(a_grad, d, o.a_grad.row(r) + at);
    hn::StoreU(b_grad, d, o.b_grad.row(r) + at);
    a_sum = hn::Add(a_sum, a_grad);
    b_sum = hn::Add(b_sum, b_grad);
  };
  Index c = 0;
  // The sums of 64 columns in registers, with the widest vectors.
  for (; c + 4 * lanes <= width; c += 4 * lanes) {
    auto a0 = hn::LoadU(d, o.a_sums + c), a1 = hn::LoadU(d, o.a_sums + c + lanes);
    auto a2 = hn::LoadU(d, o.a_sums + c + 2 * lanes), a3 = hn::LoadU(d, o.a_sums + c + 3 * lanes);
    auto b0 = hn::LoadU(d, o.b_sums + c), b1 = hn::LoadU(d, o.b_sums + c + lanes);
    auto b2 = hn::LoadU(d, o.b_sums + c + 2 * lanes), b3 = hn::LoadU(d, o.b_sums + c + 3 * lanes);
    for (Index r = 0; r < o.y_grad.rows; ++r) {
      element(r, c, a0, b0);
      element(r, c + lanes, a1, b1);
      element(r, c + 2 * lanes, a2, b2);
      element(r, c + 3 * lanes, a3, b3);
    }
    hn::StoreU(a0, d, o.a_sums + c);
    hn::StoreU(a1, d, o.a_sums + c + lanes);
    hn::StoreU(a2, d, o.a_sums + c + 2 * lanes);
    hn::StoreU(a3, d, o.a_sums + c + 3 * lanes);
    hn::StoreU(b0, d, o.b_sums + c);
    hn::StoreU(b1, d, o.b_sums + c + lanes);
    hn::StoreU(b2, d, o.b_sums + c + 2 * lanes);
    hn::StoreU(b3, d, o.b_sums + c + 3 * lanes);
  }
  for (; c + lanes <= width; c += lanes) {
    auto a_sum = hn::LoadU(d, o.a_sums + c);
    auto b_sum = hn::LoadU(d, o.b_sums + c);
    for (Index r = 0; r < o.y_grad.rows; ++r) element(r, c, a_sum, b_sum);
    hn::StoreU(a_sum, d, o.a_sums + c);
    hn::StoreU(b_sum, d, o.b_sums + c);
  }
  for (; c < width; ++c) {
    for (Index r = 0; r < o.y_grad.rows; ++r) {
      const std::uint8_t marks = o.signs(r, c);
      const float g = (marks & kKept) != 0 ? o.scale * o.y_grad(r, c) : 0.0F;
      o.a_grad(r, c) = (marks & kAPositive) != 0 ? g : o.slope * g;
      o.b_grad(r, c) = (marks & kBPositive) != 0 ? g : o.slope * g;
      o.a_sums[c] += o.a_grad(r, c);
      o.b_sums[c] += o.b_grad(r, c);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(LeakySum);
HWY_EXPORT(LeakySumBackward);

Dropout Dropout::at(float rate, std::uint64_t key) noexcept {
  return {key, static_cast<std::uint32_t>(static_cast<double>(rate) * 0x1p32), 1.0F / (1.0F - rate)};
}

std::uint32_t dropout_bits(std::uint64_t key, Index row, Index col) noexcept {
  return element_bits(row_bits(key, row), static_cast<std::uint32_t>(col));
}

void leaky_sum(const LeakySumOperands& operands) noexcept {
  HWY_DYNAMIC_DISPATCH(LeakySum)(operands);
}

void leaky_sum_backward(const LeakySumBackwardOperands& operands) noexcept {
  HWY_DYNAMIC_DISPATCH(LeakySumBackward)(operands);
}

void leaky_sum_reference(const LeakySumOperands& o) noexcept {
  const auto activated = [&](double x) { return x > 0.0 ? x : static_cast<double>(o.slope) * x; };
  for (Index r = 0; r < o.y.rows; ++r) {
    for (Index c = 0; c < o.y.cols; ++c) {
      const bool kept = dropout_bits(o.dropout.key, o.first_row + r, c) >= o.dropout.threshold;
      const double a = static_cast<double>(o.a(r, c)) + static_cast<double>(o.a_bias[c]);
      const double b = static_cast<double>(o.b(r, c)) + static_cast<double>(o.b_bias[c]);
      const double sum = static_cast<double>(o.dropout.scale) * (activated(a) + activated(b));
      o.y(r, c) = kept ? static_cast<float>(sum) : 0.0F;
      o.signs(r, c) =
          static_cast<std::uint8_t>((a > 0.0 ? kAPositive : 0) | (b > 0.0 ? kBPositive : 0) | (kept ? kKept : 0));
    }
  }
}

}  // namespace monet::kernels
#endif
