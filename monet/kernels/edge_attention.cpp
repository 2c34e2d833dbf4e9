#include "monet/kernels/edge_attention.h"

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

// Rows [begin, end), whose products are there.
HWY_INLINE void finish_rows(const AttendOperands& o, Index begin, Index end) {
  for (Index r = begin; r < end; ++r) {
    const Index first = first_entry(o.pattern, r);
    const Index count = first_entry(o.pattern, r + 1) - first;
    const float* e = o.exponentials.data() + first;
    float* shares = o.shares.data() + first;
    double total = 0.0;
    for (Index k = 0; k < count; ++k) total += static_cast<double>(e[k]);
    const float inverse = count == 0 ? 0.0F : static_cast<float>(1.0 / total);
    for (Index k = 0; k < count; ++k) shares[k] = e[k] * inverse;
    if (o.wanted[static_cast<std::size_t>(r)] == 0) continue;
    std::copy_n(o.x.row(r), o.x.cols, o.y.row(r));
    const std::int32_t* columns = o.pattern.indices.data() + first;
    add_weighed_rows([&](Index k) { return o.z.row(columns[k]); }, [&](Index k) { return shares[k]; }, count, o.x.cols,
                     o.y.row(r));
  }
}

void AttendRows(const AttendOperands& o, Index begin, Index end) {
  const std::int32_t* columns = o.pattern.indices.data();
  const Index last = o.pattern.nnz() - 1;
  for (Index chunk = begin; chunk < end;) {
    const Index start = first_entry(o.pattern, chunk);
    Index r = chunk;
    for (; r < end && (r == chunk || first_entry(o.pattern, r + 1) - start <= kChunk); ++r) {
      const Index first = first_entry(o.pattern, r);
      dot_rows(
          o.x.row(r),
          [&](Index k) {
            prefetch_row(o.z.row(columns[std::min(first + k + kPrefetchAhead, last)]), o.z.cols);
            return o.z.row(columns[first + k]);
          },
          first_entry(o.pattern, r + 1) - first, o.x.cols, o.exponentials.data() + first);
    }
    exponentials_of(o.exponentials.data() + start, first_entry(o.pattern, r) - start);
    finish_rows(o, chunk, r);
    chunk = r;
  }
}

// Entries of one row, at most kChunk of them, and those among them whose row of v̄ is not 0.
struct Entries {
  Index first;
  Index count;
  std::array<Index, kChunk> marked;  // positions after `first`
  Index num_marked = 0;
};

HWY_INLINE Entries entries_of(const AttendBackwardOperands& o, Index first, Index count) {
  Entries entries{first, count, {}, 0};
  for (Index k = 0; k < count; ++k) {
    entries.marked[static_cast<std::size_t>(entries.num_marked)] = k;
    entries.num_marked += o.v_marked[static_cast<std::size_t>(o.pattern.indices[static_cast<std::size_t>(first + k)])] != 0;
  }
  return entries;
}

HWY_INLINE void products_grad_of(const AttendBackwardOperands& o, Index r, const Entries& entries) {
  const std::int32_t* columns = o.pattern.indices.data() + entries.first;
  const auto z_row = [&](Index k) { return o.z.row(columns[k]); };
  const auto v_row = [&](Index n) { return o.v_grad.row(columns[entries.marked[static_cast<std::size_t>(n)]]); };
  std::array<float, kChunk> a_grad{}, marked_grad, b_grad{};
  if (o.y_marked[static_cast<std::size_t>(r)] != 0) {
    dot_rows(o.y_grad.row(r), z_row, entries.count, o.z.cols, a_grad.data());
  }
  dot_rows(o.x.row(r), v_row, entries.num_marked, o.x.cols, marked_grad.data());
  for (Index n = 0; n < entries.num_marked; ++n) {
    b_grad[static_cast<std::size_t>(entries.marked[static_cast<std::size_t>(n)])] = marked_grad[static_cast<std::size_t>(n)];
  }
  const float mean = o.mean[static_cast<std::size_t>(r)];
  for (Index k = 0; k < entries.count; ++k) {
    const auto e = static_cast<std::size_t>(entries.first + k);
    const auto at = static_cast<std::size_t>(k);
    o.products_grad[e] = o.a[e] * (a_grad[at] + o.a_grad[e] - mean) +
                         o.b[e] * (b_grad[at] + o.b_grad[e] - o.other_mean[static_cast<std::size_t>(columns[k])]);
  }
}

template <bool kProducts>
HWY_INLINE void backward_row(const AttendBackwardOperands& o, Index r) {
  const Index width = o.x.cols;
  const Index last = o.pattern.nnz() - 1;
  float* to = o.x_grad.row(r);
  if (!o.accumulate) std::fill_n(to, width, 0.0F);
  if (o.y_marked[static_cast<std::size_t>(r)] != 0) {
    const float* own = o.y_grad.row(r);
    add_weighed_rows([&](Index) { return own; }, [](Index) { return 1.0F; }, 1, width, to);
  }
  const Index beyond = first_entry(o.pattern, r + 1);
  for (Index first = first_entry(o.pattern, r); first < beyond; first += kChunk) {
    const Entries entries = entries_of(o, first, std::min(kChunk, beyond - first));
    for (Index k = 0; k < entries.count; ++k) {
      prefetch_row(o.z.row(o.pattern.indices[static_cast<std::size_t>(std::min(first + k + kPrefetchAhead, last))]), width);
    }
    if constexpr (kProducts) products_grad_of(o, r, entries);
    const std::int32_t* columns = o.pattern.indices.data() + first;
    const float* slopes = o.products_grad.data() + first;
    const float* shares = o.b.data() + first;
    add_weighed_rows([&](Index k) { return o.z.row(columns[k]); }, [&](Index k) { return slopes[k]; }, entries.count,
                     width, to);
    const auto marked = [&](Index n) { return entries.marked[static_cast<std::size_t>(n)]; };
    add_weighed_rows([&](Index n) { return o.v_grad.row(columns[marked(n)]); },
                     [&](Index n) { return shares[marked(n)]; }, entries.num_marked, width, to);
  }
}

void AttendBackwardRows(const AttendBackwardOperands& o, Index begin, Index end) {
  for (Index r = begin; r < end; ++r) backward_row<true>(o, r);
}

void AttendSpreadRows(const AttendBackwardOperands& o, Index begin, Index end) {
  for (Index r = begin; r < end; ++r) backward_row<false>(o, r);
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
