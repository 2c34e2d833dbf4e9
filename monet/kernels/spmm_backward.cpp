#include "monet/kernels/spmm_backward.h"

#include "monet/kernels/row_normalize.h"

#include <algorithm>
#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "monet/kernels/spmm_backward.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include "monet/kernels/gathered-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace monet::kernels {
namespace HWY_NAMESPACE {

constexpr Index kPrefetchAhead = 16;  // entries
constexpr float kInverseFloor = 1.0F / kNormFloor;
constexpr Index kChunk = 64;          // entries whose rows stay in the first-level cache from one use to the next

// Row r; `width` may be a constant.
template <class Width>
HWY_INLINE void backward_row(const SpmmBackwardOperands& o, Index r, Width width) {
  const Index last = o.pattern.nnz() - 1;
  const Index beyond = o.pattern.indptr[static_cast<std::size_t>(r) + 1];
  const bool has_own = o.own.data != nullptr && o.own_marks[static_cast<std::size_t>(r)] != 0;
  const float* self = o.self.data == nullptr ? nullptr : o.self.row(r);
  const float* own = has_own ? o.own.row(r) : nullptr;
  const float inverse = o.x_inverse.empty() ? 1.0F : o.x_inverse[static_cast<std::size_t>(r)];
  bool accumulate = false;
  Index first = o.pattern.indptr[static_cast<std::size_t>(r)];
  do {  // once for a row without entries
    const Index count = std::min(kChunk, beyond - first);
    const std::int32_t* columns = o.pattern.indices.data() + first;
    const float* weights = o.weights.data() + first;
    float* weights_grad = o.weights_grad.data() + first;
    for (Index k = 0; k < count; ++k) {
      prefetch_row(o.y_grad.data + o.pattern.indices[static_cast<std::size_t>(std::min(first + k + kPrefetchAhead, last))] * o.y_grad.stride, width);
    }
    const auto read_those = [&](Index num_read, auto&& read) {
      const auto row = [&](Index n) { return o.y_grad.data + columns[read(n)] * o.y_grad.stride; };
      std::array<float, kChunk> slopes;
      dot_rows(o.x.row(r), row, num_read, width, slopes.data());
      if (!o.accumulate_weights && num_read < count) {
        for (Index k = 0; k < count; ++k) weights_grad[k] = 0.0F;
      }
      for (Index n = 0; n < num_read; ++n) {
        const float slope = inverse * slopes[static_cast<std::size_t>(n)];
        float& target = weights_grad[read(n)];
        target = o.accumulate_weights ? target + slope : slope;
      }
      sum_weighed_rows(accumulate, width, o.x_grad.row(r), single_row(self), single_row(own),
                       WeighedRows{row, [&](Index n) { return weights[read(n)]; }, num_read});
    };
    if (o.y_marks.empty()) {
      read_those(count, [](Index n) { return n; });
    } else {
      std::array<std::int32_t, kChunk + 1> marked;
      const Index num_marked = marked_of(columns, o.y_marks.data(), count, marked.data());
      read_those(num_marked, [&](Index n) { return marked[static_cast<std::size_t>(n)]; });
    }
    self = nullptr;
    own = nullptr;
    accumulate = true;
    first += kChunk;
  } while (first < beyond);
  if (!o.x_inverse.empty()) through_norm(o.x.row(r), inverse, inverse >= kInverseFloor, width, o.x_grad.row(r));
}

void SpmmBackwardRows(const SpmmBackwardOperands& o, Index begin, Index end) {
  with_width(o.x.cols, [&](auto width) {
    for (Index r = begin; r < end; ++r) backward_row(o, r, width);
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
