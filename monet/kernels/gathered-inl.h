// Building blocks of kernels that gather rows of a table, compiled for each instruction set like the sources that
// include this after highway.h.

#if defined(MONET_KERNELS_GATHERED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MONET_KERNELS_GATHERED_INL_H_
#undef MONET_KERNELS_GATHERED_INL_H_
#else
#define MONET_KERNELS_GATHERED_INL_H_
#endif

#include "monet/core/view.h"

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE void prefetch_row(const float* row, Index width) {
  for (Index line = 0; line < width; line += 16) hwy::Prefetch(row + line);
}

// The sums of four vectors, to out[0 .. 3]: a transposition in steps, which shares its shuffles among the four.
template <class D, class V>
HWY_INLINE void store_four_sums(D d, V v0, V v1, V v2, V v3, float* out) {
#if HWY_TARGET == HWY_SCALAR
  out[0] = hn::GetLane(v0);
  out[1] = hn::GetLane(v1);
  out[2] = hn::GetLane(v2);
  out[3] = hn::GetLane(v3);
  (void)d;
#else
  const hn::Repartition<std::uint64_t, D> pairs;
  const auto v01 = hn::Add(hn::InterleaveLower(d, v0, v1), hn::InterleaveUpper(d, v0, v1));
  const auto v23 = hn::Add(hn::InterleaveLower(d, v2, v3), hn::InterleaveUpper(d, v2, v3));
  const auto lower = hn::InterleaveLower(pairs, hn::BitCast(pairs, v01), hn::BitCast(pairs, v23));
  const auto upper = hn::InterleaveUpper(pairs, hn::BitCast(pairs, v01), hn::BitCast(pairs, v23));
  const auto sums = hn::Add(hn::BitCast(d, lower), hn::BitCast(d, upper));  // of each block of four lanes
  if constexpr (hn::MaxLanes(D()) == 4) {
    hn::StoreU(sums, d, out);
  } else {
    const hn::Half<D> half;
    const auto halves = hn::Add(hn::LowerHalf(half, sums), hn::UpperHalf(half, sums));
    if constexpr (hn::MaxLanes(D()) == 8) {
      hn::StoreU(halves, half, out);
    } else {
      const hn::Half<decltype(half)> quarter;
      hn::StoreU(hn::Add(hn::LowerHalf(quarter, halves), hn::UpperHalf(quarter, halves)), quarter, out);
    }
  }
#endif
}

// out[n] = a · row(n) for n in [0, count).
template <class Row>
HWY_INLINE void dot_rows(const float* HWY_RESTRICT a, Row&& row, Index count, Index width, float* HWY_RESTRICT out) {
  const hn::CappedTag<float, 16> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const auto four = [&](const float* r0, const float* r1, const float* r2, const float* r3, float* to) {
    auto v0 = hn::Zero(d), v1 = v0, v2 = v0, v3 = v0;
    Index c = 0;
    for (; c + lanes <= width; c += lanes) {
      const auto x = hn::LoadU(d, a + c);
      v0 = hn::MulAdd(x, hn::LoadU(d, r0 + c), v0);
      v1 = hn::MulAdd(x, hn::LoadU(d, r1 + c), v1);
      v2 = hn::MulAdd(x, hn::LoadU(d, r2 + c), v2);
      v3 = hn::MulAdd(x, hn::LoadU(d, r3 + c), v3);
    }
    store_four_sums(d, v0, v1, v2, v3, to);
    for (; c < width; ++c) {
      to[0] += a[c] * r0[c];
      to[1] += a[c] * r1[c];
      to[2] += a[c] * r2[c];
      to[3] += a[c] * r3[c];
    }
  };
  Index n = 0;
  for (; n + 4 <= count; n += 4) four(row(n), row(n + 1), row(n + 2), row(n + 3), out + n);
  if (n == count) return;
  std::array<float, 4> rest;
  const Index last = count - 1;
  four(row(n), row(std::min(n + 1, last)), row(std::min(n + 2, last)), row(last), rest.data());
  std::copy_n(rest.data(), count - n, out + n);
}

// y += Σ_n weight(n) row(n) for n in [0, count).
template <class Row, class Weight>
HWY_INLINE void add_weighed_rows(Row&& row, Weight&& weight, Index count, Index width, float* HWY_RESTRICT y) {
  const hn::CappedTag<float, 16> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  Index c = 0;
  for (; c + 4 * lanes <= width; c += 4 * lanes) {
    auto v0 = hn::LoadU(d, y + c), v1 = hn::LoadU(d, y + c + lanes);
    auto v2 = hn::LoadU(d, y + c + 2 * lanes), v3 = hn::LoadU(d, y + c + 3 * lanes);
    for (Index n = 0; n < count; ++n) {
      const float* HWY_RESTRICT from = row(n) + c;
      const auto w = hn::Set(d, weight(n));
      v0 = hn::MulAdd(w, hn::LoadU(d, from), v0);
      v1 = hn::MulAdd(w, hn::LoadU(d, from + lanes), v1);
      v2 = hn::MulAdd(w, hn::LoadU(d, from + 2 * lanes), v2);
      v3 = hn::MulAdd(w, hn::LoadU(d, from + 3 * lanes), v3);
    }
    hn::StoreU(v0, d, y + c);
    hn::StoreU(v1, d, y + c + lanes);
    hn::StoreU(v2, d, y + c + 2 * lanes);
    hn::StoreU(v3, d, y + c + 3 * lanes);
  }
  for (; c + lanes <= width; c += lanes) {
    auto v = hn::LoadU(d, y + c);
    for (Index n = 0; n < count; ++n) v = hn::MulAdd(hn::Set(d, weight(n)), hn::LoadU(d, row(n) + c), v);
    hn::StoreU(v, d, y + c);
  }
  for (; c < width; ++c) {
    for (Index n = 0; n < count; ++n) y[c] += weight(n) * row(n)[c];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#endif
