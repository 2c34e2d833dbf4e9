#include "monet/kernels/row_normalize.h"

#include <hwy/cache_control.h>

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/row_normalize.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr float kInverseFloor = 1.0F / kNormFloor;
constexpr Index kRowsAhead = 8;  // slabs lie apart in wide rows, which the processor's own prefetching does not follow

HWY_INLINE void prefetch64(const float* row) {
  for (Index line = 0; line < 64; line += 16) hwy::Prefetch(row + line);
}

// A row of 64 floats in four registers: read once, written once.
void BiasNormalize64(MatrixView<const float> z, const float* bias, MatrixView<float> out, float* inverse_norm) {
  const hn::CappedTag<float, 16> d;
  const auto zero = hn::Zero(d);
  const auto b0 = bias == nullptr ? zero : hn::LoadU(d, bias), b1 = bias == nullptr ? zero : hn::LoadU(d, bias + 16);
  const auto b2 = bias == nullptr ? zero : hn::LoadU(d, bias + 32),
             b3 = bias == nullptr ? zero : hn::LoadU(d, bias + 48);
  const auto floor = hn::Set(d, kNormFloor);
  const auto one = hn::Set(d, 1.0F);
  for (Index r = 0; r < z.rows; ++r) {
    const float* from = z.row(r);
    prefetch64(out.data + (r + kRowsAhead) * out.stride);
    const auto v0 = hn::Add(b0, hn::LoadU(d, from)), v1 = hn::Add(b1, hn::LoadU(d, from + 16));
    const auto v2 = hn::Add(b2, hn::LoadU(d, from + 32)), v3 = hn::Add(b3, hn::LoadU(d, from + 48));
    const auto squares = hn::Add(hn::MulAdd(v0, v0, hn::Mul(v1, v1)), hn::MulAdd(v2, v2, hn::Mul(v3, v3)));
    const auto scale = hn::Div(one, hn::Max(hn::Sqrt(hn::SumOfLanes(d, squares)), floor));
    inverse_norm[r] = hn::GetLane(scale);
    float* to = out.row(r);
    hn::StoreU(hn::Mul(scale, v0), d, to);
    hn::StoreU(hn::Mul(scale, v1), d, to + 16);
    hn::StoreU(hn::Mul(scale, v2), d, to + 32);
    hn::StoreU(hn::Mul(scale, v3), d, to + 48);
  }
}

void BiasNormalize(MatrixView<const float> z, const float* bias, MatrixView<float> out, float* inverse_norm) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const Index width = z.cols;
  const Index whole = width / lanes * lanes;
  if (width == 64 && lanes == 16) {
    BiasNormalize64(z, bias, out, inverse_norm);
    return;
  }
  for (Index r = 0; r < z.rows; ++r) {
    const float* from = z.row(r);
    float* to = out.row(r);
    auto sums = hn::Zero(d);
    for (Index c = 0; c < whole; c += lanes) {
      auto v = hn::LoadU(d, from + c);
      if (bias != nullptr) v = hn::Add(v, hn::LoadU(d, bias + c));
      hn::StoreU(v, d, to + c);
      sums = hn::MulAdd(v, v, sums);
    }
    float sum = hn::GetLane(hn::SumOfLanes(d, sums));
    for (Index c = whole; c < width; ++c) {
      to[c] = from[c] + (bias != nullptr ? bias[c] : 0.0F);
      sum += to[c] * to[c];
    }
    const float inverse = 1.0F / std::max(std::sqrt(sum), kNormFloor);
    inverse_norm[r] = inverse;
    const auto scale = hn::Set(d, inverse);
    for (Index c = 0; c < whole; c += lanes) hn::StoreU(hn::Mul(scale, hn::LoadU(d, to + c)), d, to + c);
    for (Index c = whole; c < width; ++c) to[c] *= inverse;
  }
}

// Four registers hold a whole row of 64 floats and its share of the column sums.
void NormalizeBackward64(MatrixView<const float> out, const float* inverse_norm, MatrixView<const float> g,
                         MatrixView<float> dz, float* column_sum) {
  const hn::CappedTag<float, 16> d;
  auto sum0 = hn::Zero(d), sum1 = sum0, sum2 = sum0, sum3 = sum0;
  for (Index r = 0; r < out.rows; ++r) {
    const float* e = out.row(r);
    const float* grad = g.row(r);
    prefetch64(e + kRowsAhead * out.stride);
    prefetch64(grad + kRowsAhead * g.stride);
    const auto e0 = hn::LoadU(d, e), e1 = hn::LoadU(d, e + 16), e2 = hn::LoadU(d, e + 32), e3 = hn::LoadU(d, e + 48);
    const auto g0 = hn::LoadU(d, grad), g1 = hn::LoadU(d, grad + 16);
    const auto g2 = hn::LoadU(d, grad + 32), g3 = hn::LoadU(d, grad + 48);
    auto along = hn::Add(hn::MulAdd(e0, g0, hn::Mul(e1, g1)), hn::MulAdd(e2, g2, hn::Mul(e3, g3)));
    along = hn::SumOfLanes(d, along);
    if (inverse_norm[r] >= kInverseFloor) along = hn::Zero(d);
    const auto scale = hn::Set(d, inverse_norm[r]);
    const auto v0 = hn::Mul(scale, hn::NegMulAdd(along, e0, g0)), v1 = hn::Mul(scale, hn::NegMulAdd(along, e1, g1));
    const auto v2 = hn::Mul(scale, hn::NegMulAdd(along, e2, g2)), v3 = hn::Mul(scale, hn::NegMulAdd(along, e3, g3));
    float* to = dz.row(r);
    hn::StoreU(v0, d, to);
    hn::StoreU(v1, d, to + 16);
    hn::StoreU(v2, d, to + 32);
    hn::StoreU(v3, d, to + 48);
    sum0 = hn::Add(sum0, v0);
    sum1 = hn::Add(sum1, v1);
    sum2 = hn::Add(sum2, v2);
    sum3 = hn::Add(sum3, v3);
  }
  if (column_sum == nullptr) return;
  hn::StoreU(hn::Add(sum0, hn::LoadU(d, column_sum)), d, column_sum);
  hn::StoreU(hn::Add(sum1, hn::LoadU(d, column_sum + 16)), d, column_sum + 16);
  hn::StoreU(hn::Add(sum2, hn::LoadU(d, column_sum + 32)), d, column_sum + 32);
  hn::StoreU(hn::Add(sum3, hn::LoadU(d, column_sum + 48)), d, column_sum + 48);
}

void NormalizeBackward(MatrixView<const float> out, const float* inverse_norm, MatrixView<const float> g,
                       MatrixView<float> dz, float* column_sum) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const Index width = out.cols;
  if (width == 64 && lanes == 16) {
    NormalizeBackward64(out, inverse_norm, g, dz, column_sum);
    return;
  }
  const Index whole = width / lanes * lanes;
  for (Index r = 0; r < out.rows; ++r) {
    const float* e = out.row(r);
    const float* grad = g.row(r);
    float* to = dz.row(r);
    float along = 0.0F;
    if (inverse_norm[r] < kInverseFloor) {
      auto sums = hn::Zero(d);
      for (Index c = 0; c < whole; c += lanes) sums = hn::MulAdd(hn::LoadU(d, e + c), hn::LoadU(d, grad + c), sums);
      along = hn::GetLane(hn::SumOfLanes(d, sums));
      for (Index c = whole; c < width; ++c) along += e[c] * grad[c];
    }
    const auto dot = hn::Set(d, along);
    const auto scale = hn::Set(d, inverse_norm[r]);
    for (Index c = 0; c < whole; c += lanes) {
      const auto v = hn::Mul(scale, hn::NegMulAdd(dot, hn::LoadU(d, e + c), hn::LoadU(d, grad + c)));
      hn::StoreU(v, d, to + c);
      if (column_sum != nullptr) hn::StoreU(hn::Add(v, hn::LoadU(d, column_sum + c)), d, column_sum + c);
    }
    for (Index c = whole; c < width; ++c) {
      to[c] = inverse_norm[r] * (grad[c] - along * e[c]);
      if (column_sum != nullptr) column_sum[c] += to[c];
    }
  }
}

void AddBias(MatrixView<const float> z, const float* bias, MatrixView<float> out) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  for (Index r = 0; r < z.rows; ++r) {
    const float* from = z.row(r);
    float* to = out.row(r);
    Index c = 0;
    for (; c + lanes <= z.cols; c += lanes)
      hn::StoreU(hn::Add(hn::LoadU(d, from + c), hn::LoadU(d, bias + c)), d, to + c);
    for (; c < z.cols; ++c) to[c] = from[c] + bias[c];
  }
}

void ColumnSums(MatrixView<const float> z, float* sum) {
  const hn::ScalableTag<float> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  for (Index r = 0; r < z.rows; ++r) {
    const float* row = z.row(r);
    Index c = 0;
    for (; c + lanes <= z.cols; c += lanes)
      hn::StoreU(hn::Add(hn::LoadU(d, sum + c), hn::LoadU(d, row + c)), d, sum + c);
    for (; c < z.cols; ++c) sum[c] += row[c];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(BiasNormalize);
HWY_EXPORT(NormalizeBackward);
HWY_EXPORT(AddBias);
HWY_EXPORT(ColumnSums);

void normalize_rows(MatrixView<const float> z, MatrixView<float> out, std::span<float> inverse_norm) noexcept {
  HWY_DYNAMIC_DISPATCH(BiasNormalize)(z, nullptr, out, inverse_norm.data());
}

void bias_normalize_rows(MatrixView<const float> z, std::span<const float> bias, MatrixView<float> out,
                         std::span<float> inverse_norm) noexcept {
  HWY_DYNAMIC_DISPATCH(BiasNormalize)(z, bias.data(), out, inverse_norm.data());
}

void normalize_rows_backward(MatrixView<const float> out, std::span<const float> inverse_norm,
                             MatrixView<const float> g, MatrixView<float> dz, std::span<float> column_sum) noexcept {
  HWY_DYNAMIC_DISPATCH(NormalizeBackward)
  (out, inverse_norm.data(), g, dz, column_sum.empty() ? nullptr : column_sum.data());
}

void add_bias(MatrixView<float> z, std::span<const float> bias) noexcept {
  HWY_DYNAMIC_DISPATCH(AddBias)(z, bias.data(), z);
}

void add_column_sums(MatrixView<const float> z, std::span<float> sum) noexcept {
  HWY_DYNAMIC_DISPATCH(ColumnSums)(z, sum.data());
}

}  // namespace monet::kernels
#endif
