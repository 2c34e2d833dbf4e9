// Building blocks of kernels that gather rows of a table, compiled for each instruction set like the sources that
// include this after highway.h.

#if defined(MONET_KERNELS_DETAIL_GATHERED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MONET_KERNELS_DETAIL_GATHERED_INL_H_
#undef MONET_KERNELS_DETAIL_GATHERED_INL_H_
#else
#define MONET_KERNELS_DETAIL_GATHERED_INL_H_
#endif

#include "monet/core/csr.h"
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

// y = factor · y + own_factor · own.
template <class Width>
HWY_INLINE void scale_and_add(float factor, const float* HWY_RESTRICT own, float own_factor, Width width,
                              float* HWY_RESTRICT y) {
  const hn::CappedTag<float, 16> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  const auto scale = hn::Set(d, factor);
  const auto own_scale = hn::Set(d, own_factor);
  Index c = 0;
  for (; c + lanes <= width; c += lanes) {
    hn::StoreU(hn::MulAdd(scale, hn::LoadU(d, y + c), hn::Mul(own_scale, hn::LoadU(d, own + c))), d, y + c);
  }
  if constexpr (kIsConstant<Width>) return;
  for (; c < width; ++c) y[c] = factor * y[c] + own_factor * own[c];
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

constexpr Index kGroupEntries = 32;  // whose rows stay in the first-level cache from one use to the next
constexpr Index kGroupRows = 16;

using GroupRows = std::array<const float*, kGroupEntries + 4>;
using GroupPairs = std::array<const float*, 2 * (kGroupEntries + 4)>;  // two rows of each entry, side by side
using GroupValues = std::array<float, kGroupEntries + 4>;

/// Consecutive rows of a pattern with few entries, or a part of one row with many. What can be done for all entries of
/// a group is, in one loop: most rows have so few that every loop over one of them ends in a mispredicted branch.
struct Group {
  Index begin, end;                                  // rows
  Index first, count;                                // entries
  const std::int32_t* columns;                       // of the entries
  bool starts, ends;                                 // whether these are the first and the last entries of its rows
  std::array<std::int32_t, kGroupEntries + 16> row;  // of each entry

  // The entries of row r in this group: places after `first`.
  Index row_begin(const CsrView& pattern, Index r) const {
    return std::max(pattern.indptr[static_cast<std::size_t>(r)], first) - first;
  }
  Index row_end(const CsrView& pattern, Index r) const {
    return std::min(pattern.indptr[static_cast<std::size_t>(r) + 1], first + count) - first;
  }
};

HWY_INLINE void name_rows(const CsrView& pattern, Group& group) {
  const hn::CappedTag<std::int32_t, 16> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  for (Index r = group.begin; r < group.end; ++r) {
    const auto row = hn::Set(d, static_cast<std::int32_t>(r));
    const Index beyond = group.row_end(pattern, r);
    // Whole vectors; what runs over is the next row's.
    for (Index k = group.row_begin(pattern, r); k < beyond; k += lanes) hn::StoreU(row, d, group.row.data() + k);
  }
}

/// Calls body(group) for all entries of rows [begin, end), in order.
template <class Body>
HWY_INLINE void for_groups(const CsrView& pattern, Index begin, Index end, Body&& body) {
  const auto entry = [&](Index r) { return pattern.indptr[static_cast<std::size_t>(r)]; };
  Group group;
  const auto visit = [&](Index from, Index to, Index first, Index beyond) {
    group.begin = from;
    group.end = to;
    group.first = first;
    group.count = beyond - first;
    group.columns = pattern.indices.data() + first;
    group.starts = first == entry(from);
    group.ends = beyond == entry(to);
    name_rows(pattern, group);
    body(static_cast<const Group&>(group));
  };
  while (begin < end) {
    const Index first = entry(begin);
    const Index limit = std::min(end, begin + kGroupRows);
    Index r = begin + 1;
    while (r < limit && entry(r + 1) - first <= kGroupEntries) ++r;
    const Index beyond = entry(r);
    for (Index part = first; part < beyond || part == first; part += kGroupEntries) {
      visit(begin, r, part, std::min(beyond, part + kGroupEntries));
    }
    begin = r;
  }
}

// Without a branch: which rows are marked cannot be predicted (as a branch it took a third of a pass).
HWY_INLINE const float* choose(bool first, const float* one, const float* other) {
  const std::uintptr_t mask = std::uintptr_t{0} - static_cast<std::uintptr_t>(first);
  return reinterpret_cast<const float*>((reinterpret_cast<std::uintptr_t>(one) & mask) |
                                        (reinterpret_cast<std::uintptr_t>(other) & ~mask));
}

/// Asks for the row of a table that the entry a group's size after entry k of the group will gather, unless that row is
/// not marked (no marks: all are).
template <class Width>
struct Ahead {
  const CsrView& pattern;
  const Group& group;
  MatrixView<const float> table;
  const std::uint8_t* marks;
  const float* zeros;
  Width width;

  HWY_INLINE void operator()(Index k) const {
    const Index entry = std::min(group.first + k + kGroupEntries, pattern.nnz() - 1);
    const Index column = pattern.indices[static_cast<std::size_t>(entry)];
    const float* row = table.data + column * table.stride;
    prefetch_row(marks == nullptr ? row : choose(marks[column] != 0, row, zeros), width);
  }
};
template <class Width>
Ahead(const CsrView&, const Group&, MatrixView<const float>, const std::uint8_t*, const float*, Width) -> Ahead<Width>;

// The row of `table` that each entry names, or `zeros` for one that is not marked; no marks: all are. The last entry's
// is repeated up to a multiple of four. Rows are kStep places apart.
template <Index kStep = 1>
HWY_INLINE void take_rows(MatrixView<const float> table, const std::int32_t* names, const std::uint8_t* marks,
                          const float* zeros, Index count, const float** rows) {
  for (Index k = 0; k < count; ++k) {
    const float* row = table.data + names[k] * table.stride;
    if (marks != nullptr) row = choose(marks[names[k]] != 0, row, zeros);
    rows[kStep * k] = row;
  }
  for (Index k = count; k % 4 != 0; ++k) rows[kStep * k] = rows[kStep * (count - 1)];
}

// out[k] = a_k · b_k of each entry of a group, the rows b kStep places apart; calls ahead(k) meanwhile.
template <Index kStep = 1, class Width>
HWY_NOINLINE void dot_pairs(const float* const* a, const float* const* b, Index count, Width width,
                            const Ahead<Width>& ahead, GroupValues& out) {
  const hn::CappedTag<float, 16> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  for (Index k = 0; k < count; k += 4) {
    const float* const* own = a + k;
    const float* const* other = b + kStep * k;
    for (Index n = 0; n < 4; ++n) ahead(k + n);
    auto v0 = hn::Zero(d), v1 = v0, v2 = v0, v3 = v0;
    Index c = 0;
    for (; c + lanes <= width; c += lanes) {
      v0 = hn::MulAdd(hn::LoadU(d, own[0] + c), hn::LoadU(d, other[0] + c), v0);
      v1 = hn::MulAdd(hn::LoadU(d, own[1] + c), hn::LoadU(d, other[kStep] + c), v1);
      v2 = hn::MulAdd(hn::LoadU(d, own[2] + c), hn::LoadU(d, other[2 * kStep] + c), v2);
      v3 = hn::MulAdd(hn::LoadU(d, own[3] + c), hn::LoadU(d, other[3 * kStep] + c), v3);
    }
    store_four_sums(d, v0, v1, v2, v3, out.data() + k);
    if constexpr (kIsConstant<Width>) continue;
    for (; c < width; ++c) {
      for (Index n = 0; n < 4; ++n) out[static_cast<std::size_t>(k + n)] += own[n][c] * other[kStep * n][c];
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#endif
