#include "monet/kernels/spmm_backward.h"

#include "monet/kernels/row_normalize.h"

#include <algorithm>
#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/spmm_backward.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include "monet/kernels/detail/gathered-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {

constexpr Index kRowsAhead = 8;
constexpr float kInverseFloor = 1.0F / kNormFloor;

template <class Width>
HWY_INLINE void backward_group(const SpmmBackwardOperands& o, const Group& group, Width width) {
  GroupRows own, targets;
  GroupValues slopes;
  take_rows(o.x, group.row.data(), nullptr, nullptr, group.count, own.data());
  const std::uint8_t* marks = o.y_marks.empty() ? nullptr : o.y_marks.data();
  take_rows(o.y_grad, group.columns, marks, o.zeros.data(), group.count, targets.data());
  dot_pairs(own.data(), targets.data(), group.count, width,
            Ahead{o.pattern, group, o.y_grad, marks, o.zeros.data(), width}, slopes);
  const float* inverse = o.x_inverse.empty() ? nullptr : o.x_inverse.data();
  float* HWY_RESTRICT weights_grad = o.weights_grad.data() + group.first;
  for (Index k = 0; inverse != nullptr && k < group.count; ++k)
    slopes[static_cast<std::size_t>(k)] *= inverse[group.row[static_cast<std::size_t>(k)]];
  for (Index k = 0; o.accumulate_weights && k < group.count; ++k)
    slopes[static_cast<std::size_t>(k)] += weights_grad[k];
  for (Index k = 0; k < group.count; ++k) weights_grad[k] = slopes[static_cast<std::size_t>(k)];

  const float* weights = o.weights.data() + group.first;
  const bool with_own = group.starts && !o.own_marks.empty();
  const auto own_row = [&](Index r) {
    return choose(o.own_marks[static_cast<std::size_t>(r)] != 0, o.own.row(r), o.zeros.data());
  };
  for (Index r = group.begin; r < group.end; ++r) {
    if (with_own) prefetch_row(own_row(std::min(r + kRowsAhead, o.x.rows - 1)), width);
    const Index first = group.row_begin(o.pattern, r);
    prefetch_row(o.x_grad.data + (r + kRowsAhead) * o.x_grad.stride, width);
    sum_weighed_rows(!group.starts, width, o.x_grad.row(r),
                     single_row(group.starts && o.self.data != nullptr ? o.self.row(r) : nullptr),
                     single_row(with_own ? own_row(r) : nullptr),
                     WeighedRows{[&](Index k) { return targets[static_cast<std::size_t>(first + k)]; },
                                 [&](Index k) { return weights[first + k]; }, group.row_end(o.pattern, r) - first});
  }
  for (Index r = group.begin; inverse != nullptr && group.ends && r < group.end; ++r) {
    through_norm(o.x.row(r), inverse[r], inverse[r] >= kInverseFloor, width, o.x_grad.row(r));
  }
}

void SpmmBackwardRows(const SpmmBackwardOperands& o, Index begin, Index end) {
  with_width(o.x.cols, [&](auto width) {
    for_groups(o.pattern, begin, end, [&](const Group& group) { backward_group(o, group, width); });
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace monet::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace monet::kernels {

HWY_EXPORT(SpmmBackwardRows);

void spmm_backward_rows(const SpmmBackwardOperands& operands, Index begin, Index end) noexcept {
  HWY_DYNAMIC_DISPATCH(SpmmBackwardRows)(operands, begin, end);
}

}  // namespace monet::kernels
#endif
