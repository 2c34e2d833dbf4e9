#include "monet/kernels/edge_attention.h"

#include "monet/kernels/row_normalize.h"

#include <algorithm>
#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/edge_attention.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include "monet/kernels/detail/gathered-inl.h"

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr Index kRowsAhead = 8;
constexpr float kInverseFloor = 1.0F / kNormFloor;

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

// Σ e ẑ and Σ e of the rows of a group; a row's sums end with its last entry, where they become y and a.
template <class Width>
HWY_INLINE void attend_group(const AttendOperands& o, const Group& group, double& total, Width width) {
  GroupRows own, sources;
  GroupValues e;
  take_rows(o.x, group.row.data(), nullptr, nullptr, group.count, own.data());
  take_rows(o.z, group.columns, nullptr, nullptr, group.count, sources.data());
  dot_pairs(own.data(), sources.data(), group.count, width, Ahead{o.pattern, group, o.z, nullptr, nullptr, width}, e);
  GroupValues source_inverse;
  for (Index k = 0; k < group.count; ++k) {
    const auto at = static_cast<std::size_t>(k);
    source_inverse[at] = o.z_inverse[static_cast<std::size_t>(group.columns[k])];
    e[at] *= source_inverse[at] * o.x_inverse[static_cast<std::size_t>(group.row[at])];
  }
  exponentials_of(e.data(), group.count);
  std::copy_n(e.data(), group.count, o.exponentials.data() + group.first);
  for (Index k = 0; k < group.count; ++k) source_inverse[static_cast<std::size_t>(k)] *= e[static_cast<std::size_t>(k)];

  for (Index r = group.begin; r < group.end; ++r) {
    const Index first = group.row_begin(o.pattern, r);
    const Index count = group.row_end(o.pattern, r) - first;
    if (group.starts) total = 0.0;
    for (Index k = 0; k < count; ++k) total += static_cast<double>(e[static_cast<std::size_t>(first + k)]);
    const bool wanted = o.y_marks[static_cast<std::size_t>(r)] != 0;
    if (wanted) {
      sum_weighed_rows(
          !group.starts, width, o.y.row(r),
          WeighedRows{[&](Index k) { return sources[static_cast<std::size_t>(first + k)]; },
                      [&](Index k) { return source_inverse[static_cast<std::size_t>(first + k)]; }, count});
    }
    if (!group.ends) continue;
    const Index row_first = o.pattern.indptr[static_cast<std::size_t>(r)];
    const Index row_beyond = o.pattern.indptr[static_cast<std::size_t>(r) + 1];
    const float inverse = row_first == row_beyond ? 0.0F : static_cast<float>(1.0 / total);
    for (Index k = row_first; k < row_beyond; ++k) {
      o.shares[static_cast<std::size_t>(k)] = o.exponentials[static_cast<std::size_t>(k)] * inverse;
    }
    if (wanted) {
      scale_and_add(inverse, o.x.row(r), o.x_inverse[static_cast<std::size_t>(r)], width, o.y.row(r));
    }
  }
}

void AttendRows(const AttendOperands& o, Index begin, Index end) {
  with_width(o.x.cols, [&](auto width) {
    double total = 0.0;
    for_groups(o.pattern, begin, end, [&](const Group& group) { attend_group(o, group, total, width); });
  });
}

// s̄ of the entries of a group, whose rows of z and v̄ are given in pairs.
template <class Width>
HWY_INLINE void cosines_grad_of(const AttendBackwardOperands& o, const Group& group, const GroupPairs& pairs,
                                Width width) {
  GroupRows own;
  GroupValues from_y, from_v;
  take_rows(o.y_grad, group.row.data(), o.y_marks.data(), o.zeros.data(), group.count, own.data());
  dot_pairs<2>(own.data(), pairs.data(), group.count, width, Ahead{o.pattern, group, o.z, nullptr, nullptr, width},
               from_y);
  take_rows(o.x, group.row.data(), nullptr, nullptr, group.count, own.data());
  dot_pairs<2>(own.data(), pairs.data() + 1, group.count, width,
               Ahead{o.pattern, group, o.v_grad, o.v_marks.data(), o.zeros.data(), width}, from_v);
  const float* HWY_RESTRICT a = o.a.data() + group.first;
  const float* HWY_RESTRICT b = o.b.data() + group.first;
  const float* HWY_RESTRICT a_grad = o.a_grad.data() + group.first;
  const float* HWY_RESTRICT b_grad = o.b_grad.data() + group.first;
  float* HWY_RESTRICT cosines_grad = o.cosines_grad.data() + group.first;
  for (Index k = 0; k < group.count; ++k) {
    const auto at = static_cast<std::size_t>(k);
    const auto r = static_cast<std::size_t>(group.row[at]);
    const auto c = static_cast<std::size_t>(group.columns[k]);
    cosines_grad[k] = a[k] * (from_y[at] * o.z_inverse[c] + a_grad[k] - o.mean[r]) +
                      b[k] * (from_v[at] * o.x_inverse[r] + b_grad[k] - o.other_mean[c]);
  }
}

template <bool kCosines, class Width>
HWY_INLINE void backward_group(const AttendBackwardOperands& o, const Group& group, Width width) {
  GroupPairs pairs;
  std::array<float, 2 * kGroupEntries> weights;
  take_rows<2>(o.z, group.columns, nullptr, nullptr, group.count, pairs.data());
  take_rows<2>(o.v_grad, group.columns, o.v_marks.data(), o.zeros.data(), group.count, pairs.data() + 1);
  if constexpr (kCosines) cosines_grad_of(o, group, pairs, width);
  for (Index k = 0; k < group.count; ++k) {
    const auto entry = static_cast<std::size_t>(group.first + k);
    const auto at = static_cast<std::size_t>(2 * k);
    weights[at] = o.cosines_grad[entry] * o.z_inverse[static_cast<std::size_t>(group.columns[k])];
    weights[at + 1] = o.b[entry];
  }
  const Ahead z_ahead{o.pattern, group, o.z, nullptr, nullptr, width};
  const Ahead v_ahead{o.pattern, group, o.v_grad, o.v_marks.data(), o.zeros.data(), width};
  const auto own_row = [&](Index r) {
    return choose(o.y_marks[static_cast<std::size_t>(r)] != 0, o.y_grad.row(r), o.zeros.data());
  };
  for (Index r = group.begin; r < group.end; ++r) {
    const Index first = 2 * group.row_begin(o.pattern, r);
    prefetch_row(o.x_grad.data + (r + kRowsAhead) * o.x_grad.stride, width);
    prefetch_row(o.x.data + (r + kRowsAhead) * o.x.stride, width);
    prefetch_row(own_row(std::min(r + kRowsAhead, o.x.rows - 1)), width);
    const auto row = [&](Index k) {
      if constexpr (!kCosines) {
        if (k % 2 == 0) {
          z_ahead((first + k) / 2);
        } else {
          v_ahead((first + k) / 2);
        }
      }
      return pairs[static_cast<std::size_t>(first + k)];
    };
    sum_weighed_rows(!group.starts, width, o.x_grad.row(r), single_row(group.starts ? own_row(r) : nullptr),
                     WeighedRows{row, [&](Index k) { return weights[static_cast<std::size_t>(first + k)]; },
                                 2 * group.row_end(o.pattern, r) - first});
  }
  for (Index r = group.begin; group.ends && r < group.end; ++r) {
    const float inverse = o.x_inverse[static_cast<std::size_t>(r)];
    through_norm(o.x.row(r), inverse, inverse >= kInverseFloor, width, o.x_grad.row(r));
  }
}

template <bool kCosines>
HWY_INLINE void backward_rows(const AttendBackwardOperands& o, Index begin, Index end) {
  with_width(o.x.cols, [&](auto width) {
    for_groups(o.pattern, begin, end, [&](const Group& group) { backward_group<kCosines>(o, group, width); });
  });
}

void AttendBackwardRows(const AttendBackwardOperands& o, Index begin, Index end) {
  backward_rows<true>(o, begin, end);
}

void AttendSpreadRows(const AttendBackwardOperands& o, Index begin, Index end) {
  backward_rows<false>(o, begin, end);
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
