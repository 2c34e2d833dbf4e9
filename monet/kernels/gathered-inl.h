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
#include <type_traits>

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

// Calls body(width), with 64 as a constant: its loops over columns then have no ends to find.
template <class Body>
HWY_INLINE void with_width(Index width, Body&& body) {
  if (width == 64) {
    body(std::integral_constant<Index, 64>());
  } else {
    body(width);
  }
}

// Constant widths are whole vectors.
template <class Width>
constexpr bool kIsConstant = !std::is_same_v<Width, Index>;

// out[n] = a · row(n) for n in [0, count).
template <class Row, class Width>
HWY_INLINE void dot_rows(const float* HWY_RESTRICT a, Row&& row, Index count, Width width, float* HWY_RESTRICT out) {
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
    if constexpr (kIsConstant<Width>) return;
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
  for (Index k = 0; n + k < count; ++k) out[n + k] = rest[static_cast<std::size_t>(k)];
}

template <class Width>
HWY_INLINE float dot(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, Width width) {
  const hn::CappedTag<float, 16> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  auto v = hn::Zero(d);
  Index c = 0;
  for (; c + lanes <= width; c += lanes) v = hn::MulAdd(hn::LoadU(d, a + c), hn::LoadU(d, b + c), v);
  float sum = hn::GetLane(hn::SumOfLanes(d, v));
  if constexpr (kIsConstant<Width>) return sum;
  for (; c < width; ++c) sum += a[c] * b[c];
  return sum;
}

// The gradient of x by that of x̂ = x · inverse, which it replaces in `grad`: inverse (x̂' - (x̂'·x̂) x̂), or inverse x̂' for
// a row at the floor of norms, whose inverse is a constant.
template <class Width>
HWY_INLINE void through_norm(const float* HWY_RESTRICT x, float inverse, bool at_floor, Width width,
                             float* HWY_RESTRICT grad) {
  const hn::CappedTag<float, 16> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const float along = at_floor ? 0.0F : dot(x, grad, width) * inverse * inverse * inverse;
  const auto scale = hn::Set(d, inverse);
  const auto back = hn::Set(d, along);
  Index c = 0;
  for (; c + lanes <= width; c += lanes) {
    hn::StoreU(hn::NegMulAdd(back, hn::LoadU(d, x + c), hn::Mul(scale, hn::LoadU(d, grad + c))), d, grad + c);
  }
  if constexpr (kIsConstant<Width>) return;
  for (; c < width; ++c) grad[c] = inverse * grad[c] - along * x[c];
}

// Rows row(n) times weight(n), n in [0, count).
template <class Row, class Weight>
struct WeighedRows {
  Row row;
  Weight weight;
  Index count;
};
template <class Row, class Weight>
WeighedRows(Row, Weight, Index) -> WeighedRows<Row, Weight>;

// A row times a factor (null: none).
HWY_INLINE auto single_row(const float* own, float factor = 1.0F) {
  return WeighedRows{[own](Index) { return own; }, [factor](Index) { return factor; }, own == nullptr ? 0 : 1};
}

// y = the sum of all lists' weighed rows, or y += it. Each element of y is written once.
template <class Width, class... Lists>
HWY_INLINE void sum_weighed_rows(bool accumulate, Width width, float* HWY_RESTRICT y, const Lists&... lists) {
  const hn::CappedTag<float, 16> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  Index c = 0;
  for (; c + 4 * lanes <= width; c += 4 * lanes) {
    auto v0 = hn::Zero(d), v1 = v0, v2 = v0, v3 = v0;
    if (accumulate) {
      v0 = hn::LoadU(d, y + c);
      v1 = hn::LoadU(d, y + c + lanes);
      v2 = hn::LoadU(d, y + c + 2 * lanes);
      v3 = hn::LoadU(d, y + c + 3 * lanes);
    }
    const auto add = [&](const auto& list) {
      for (Index n = 0; n < list.count; ++n) {
        const float* HWY_RESTRICT from = list.row(n) + c;
        const auto w = hn::Set(d, list.weight(n));
        v0 = hn::MulAdd(w, hn::LoadU(d, from), v0);
        v1 = hn::MulAdd(w, hn::LoadU(d, from + lanes), v1);
        v2 = hn::MulAdd(w, hn::LoadU(d, from + 2 * lanes), v2);
        v3 = hn::MulAdd(w, hn::LoadU(d, from + 3 * lanes), v3);
      }
    };
    (add(lists), ...);
    hn::StoreU(v0, d, y + c);
    hn::StoreU(v1, d, y + c + lanes);
    hn::StoreU(v2, d, y + c + 2 * lanes);
    hn::StoreU(v3, d, y + c + 3 * lanes);
  }
  for (; c + lanes <= width; c += lanes) {
    auto v = accumulate ? hn::LoadU(d, y + c) : hn::Zero(d);
    const auto add = [&](const auto& list) {
      for (Index n = 0; n < list.count; ++n) {
        v = hn::MulAdd(hn::Set(d, list.weight(n)), hn::LoadU(d, list.row(n) + c), v);
      }
    };
    (add(lists), ...);
    hn::StoreU(v, d, y + c);
  }
  if constexpr (kIsConstant<Width>) return;
  for (; c < width; ++c) {
    float sum = accumulate ? y[c] : 0.0F;
    const auto add = [&](const auto& list) {
      for (Index n = 0; n < list.count; ++n) sum += list.weight(n) * list.row(n)[c];
    };
    (add(lists), ...);
    y[c] = sum;
  }
}

// Which of `count` columns are marked: their positions, ascending, to `positions`; returns how many.
HWY_INLINE Index marked_of(const std::int32_t* columns, const std::uint8_t* marks, Index count,
                           std::int32_t* HWY_RESTRICT positions) {
  Index found = 0;
  for (Index k = 0; k < count; ++k) {
    positions[found] = static_cast<std::int32_t>(k);
    found += marks[columns[k]] != 0;
  }
  return found;
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#endif
