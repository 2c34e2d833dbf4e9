#include "monet/kernels/edge_attention.h"

#include "monet/kernels/row_normalize.h"

#include <algorithm>
#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/edge_attention.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include "monet/kernels/gathered-inl.h"

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr Index kPrefetchAhead = 16;  // entries
constexpr Index kRowsAhead = 4;
constexpr float kInverseFloor = 1.0F / kNormFloor;
constexpr Index kChunk = 64;          // entries whose rows stay in the first-level cache from one use to the next

HWY_INLINE Index first_entry(const CsrView& pattern, Index r) {
  return pattern.indptr[static_cast<std::size_t>(r)];
}

void exponentials_of(float* values, Index count) {
  const hn::CappedTag<float, 16> d;
  const Index lanes = static_cast<Index>(hn::Lanes(d));
  Index k = 0;
  for (; k + lanes <= count; k += lanes) hn::StoreU(hn::Exp(d, hn::LoadU(d, values + k)), d, values + k);
  if (k == count) return;
  std::array<float, 16> rest{};
  std::copy_n(values + k, count - k, rest.data());
  hn::StoreU(hn::Exp(d, hn::LoadU(d, rest.data())), d, rest.data());
  std::copy_n(rest.data(), count - k, values + k);
}

// Row r, whose exponentials are there; `width` may be a constant.
template <class Width>
HWY_INLINE void finish_row(const AttendOperands& o, Index r, Width width) {
  const Index first = first_entry(o.pattern, r);
  const Index count = first_entry(o.pattern, r + 1) - first;
  const float* e = o.exponentials.data() + first;
  float* shares = o.shares.data() + first;
  double total = 0.0;
  for (Index k = 0; k < count; ++k) total += static_cast<double>(e[k]);
  const float inverse = count == 0 ? 0.0F : static_cast<float>(1.0 / total);
  for (Index k = 0; k < count; ++k) shares[k] = e[k] * inverse;
  if (o.y_marks[static_cast<std::size_t>(r)] == 0) return;
  const std::int32_t* columns = o.pattern.indices.data() + first;
  const auto row = [&](Index k) { return o.z.data + columns[k] * o.z.stride; };
  const auto weight = [&](Index k) { return shares[k] * o.z_inverse[static_cast<std::size_t>(columns[k])]; };
  sum_weighed_rows(false, width, o.y.row(r), single_row(o.x.row(r), o.x_inverse[static_cast<std::size_t>(r)]),
                   WeighedRows{row, weight, count});
}

template <class Width>
HWY_INLINE void attend(const AttendOperands& o, Index begin, Index end, Width width) {
  const std::int32_t* columns = o.pattern.indices.data();
  const Index last = o.pattern.nnz() - 1;
  for (Index chunk = begin; chunk < end;) {
    const Index start = first_entry(o.pattern, chunk);
    Index r = chunk;
    for (; r < end && (r == chunk || first_entry(o.pattern, r + 1) - start <= kChunk); ++r) {
      const Index first = first_entry(o.pattern, r);
      const auto row = [&](Index k) {
        prefetch_row(o.z.data + columns[std::min(first + k + kPrefetchAhead, last)] * o.z.stride, width);
        return o.z.data + columns[first + k] * o.z.stride;
      };
      const Index count = first_entry(o.pattern, r + 1) - first;
      float* cosines = o.exponentials.data() + first;
      dot_rows(o.x.row(r), row, count, width, cosines);
      const float inverse = o.x_inverse[static_cast<std::size_t>(r)];
      for (Index k = 0; k < count; ++k) {
        cosines[k] *= inverse * o.z_inverse[static_cast<std::size_t>(columns[first + k])];
      }
    }
    exponentials_of(o.exponentials.data() + start, first_entry(o.pattern, r) - start);
    for (; chunk < r; ++chunk) finish_row(o, chunk, width);
  }
}

void AttendRows(const AttendOperands& o, Index begin, Index end) {
  with_width(o.x.cols, [&](auto width) { attend(o, begin, end, width); });
}

using Positions = std::array<std::int32_t, kChunk + 1>;

// s̄ of entries [first, first + count) of row r; `marked`: those whose row of v̄ is not 0.
template <class Width>
HWY_INLINE void cosines_grad_of(const AttendBackwardOperands& o, Index r, float mean, Index first, Index count,
                                 const Positions& marked, Index num_marked, Width width) {
  const std::int32_t* columns = o.pattern.indices.data() + first;
  const auto z_row = [&](Index k) { return o.z.data + columns[k] * o.z.stride; };
  const auto v_row = [&](Index n) {
    return o.v_grad.data + columns[marked[static_cast<std::size_t>(n)]] * o.v_grad.stride;
  };
  const float* a = o.a.data() + first;
  const float* b = o.b.data() + first;
  const float* a_grad = o.a_grad.data() + first;
  const float* b_grad = o.b_grad.data() + first;
  float* cosines_grad = o.cosines_grad.data() + first;
  std::array<float, kChunk> slopes{};
  for (Index k = 0; k < count; ++k) {
    cosines_grad[k] = a[k] * (a_grad[k] - mean) + b[k] * (b_grad[k] - o.other_mean[static_cast<std::size_t>(columns[k])]);
  }
  if (o.y_marks[static_cast<std::size_t>(r)] != 0) {
    dot_rows(o.y_grad.row(r), z_row, count, width, slopes.data());
    for (Index k = 0; k < count; ++k) {
      cosines_grad[k] += a[k] * o.z_inverse[static_cast<std::size_t>(columns[k])] * slopes[static_cast<std::size_t>(k)];
    }
  }
  const float inverse = o.x_inverse[static_cast<std::size_t>(r)];
  dot_rows(o.x.row(r), v_row, num_marked, width, slopes.data());
  for (Index n = 0; n < num_marked; ++n) {
    const Index k = marked[static_cast<std::size_t>(n)];
    cosines_grad[k] += b[k] * inverse * slopes[static_cast<std::size_t>(n)];
  }
}

template <bool kCosines, class Width>
HWY_INLINE void backward_row(const AttendBackwardOperands& o, Index r, Width width) {
  const Index last = o.pattern.nnz() - 1;
  const Index beyond = first_entry(o.pattern, r + 1);
  const float* own = o.y_marks[static_cast<std::size_t>(r)] == 0 ? nullptr : o.y_grad.row(r);
  prefetch_row(o.x_grad.data + (r + kRowsAhead) * o.x_grad.stride, width);
  prefetch_row(o.x.data + (r + kRowsAhead) * o.x.stride, width);
  bool accumulate = false;
  Index first = first_entry(o.pattern, r);
  do {  // once for a row without entries
    const Index count = std::min(kChunk, beyond - first);
    const std::int32_t* columns = o.pattern.indices.data() + first;
    for (Index k = 0; k < count; ++k) {
      const Index ahead = o.pattern.indices[static_cast<std::size_t>(std::min(first + k + kPrefetchAhead, last))];
      prefetch_row(o.z.data + ahead * o.z.stride, width);
      if (o.v_marks[static_cast<std::size_t>(ahead)] != 0) prefetch_row(o.v_grad.data + ahead * o.v_grad.stride, width);
    }
    Positions marked;
    const Index num_marked = marked_of(columns, o.v_marks.data(), count, marked.data());
    if constexpr (kCosines) {
      cosines_grad_of(o, r, o.mean[static_cast<std::size_t>(r)], first, count, marked, num_marked, width);
    }
    const float* slopes = o.cosines_grad.data() + first;
    const float* shares = o.b.data() + first;
    const auto z_row = [&](Index k) { return o.z.data + columns[k] * o.z.stride; };
    const auto v_row = [&](Index n) {
      return o.v_grad.data + columns[marked[static_cast<std::size_t>(n)]] * o.v_grad.stride;
    };
    const auto z_weight = [&](Index k) { return slopes[k] * o.z_inverse[static_cast<std::size_t>(columns[k])]; };
    sum_weighed_rows(accumulate, width, o.x_grad.row(r), single_row(own),
                     WeighedRows{z_row, z_weight, count},
                     WeighedRows{v_row, [&](Index n) { return shares[marked[static_cast<std::size_t>(n)]]; }, num_marked});
    own = nullptr;
    accumulate = true;
    first += kChunk;
  } while (first < beyond);
  const float inverse = o.x_inverse[static_cast<std::size_t>(r)];
  through_norm(o.x.row(r), inverse, inverse >= kInverseFloor, width, o.x_grad.row(r));
}

void AttendBackwardRows(const AttendBackwardOperands& o, Index begin, Index end) {
  with_width(o.x.cols, [&](auto width) {
    for (Index r = begin; r < end; ++r) backward_row<true>(o, r, width);
  });
}

void AttendSpreadRows(const AttendBackwardOperands& o, Index begin, Index end) {
  with_width(o.x.cols, [&](auto width) {
    for (Index r = begin; r < end; ++r) backward_row<false>(o, r, width);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(AttendRows);
HWY_EXPORT(AttendBackwardRows);
HWY_EXPORT(AttendSpreadRows);

void attend_rows(const AttendOperands& operands, Index begin, Index end) noexcept {
  HWY_DYNAMIC_DISPATCH(AttendRows)(operands, begin, end);
}

void attend_backward_rows(const AttendBackwardOperands& operands, Index begin, Index end) noexcept {
  HWY_DYNAMIC_DISPATCH(AttendBackwardRows)(operands, begin, end);
}

void attend_spread_rows(const AttendBackwardOperands& operands, Index begin, Index end) noexcept {
  HWY_DYNAMIC_DISPATCH(AttendSpreadRows)(operands, begin, end);
}

}  // namespace monet::kernels
#endif
