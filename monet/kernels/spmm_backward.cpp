#include "monet/kernels/spmm_backward.h"

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
constexpr Index kChunk = 64;          // entries whose rows stay in the first-level cache from one use to the next

// Entries [first, first + count) of row r, of which those at `read` (positions after `first`) are read.
template <class Read>
HWY_INLINE void backward_entries(const SpmmBackwardOperands& o, Index r, Index first, Index count, Index num_read,
                                 Read&& read) {
  const std::int32_t* columns = o.pattern.indices.data() + first;
  const float* weights = o.weights.data() + first;
  const Index ahead = std::min(kPrefetchAhead, o.pattern.nnz() - 1 - first);
  const auto row = [&](Index n) { return o.y_grad.row(columns[read(n)]); };
  std::array<float, kChunk> slopes;
  dot_rows(
      o.x.row(r),
      [&](Index n) {
        prefetch_row(o.y_grad.row(columns[std::min(read(n) + ahead, o.pattern.nnz() - 1 - first)]), o.x.cols);
        return row(n);
      },
      num_read, o.x.cols, slopes.data());
  float* weights_grad = o.weights_grad.data() + first;
  if (!o.accumulate_weights && num_read < count) std::fill_n(weights_grad, count, 0.0F);
  for (Index n = 0; n < num_read; ++n) {
    const float slope = slopes[static_cast<std::size_t>(n)];
    weights_grad[read(n)] = o.accumulate_weights ? weights_grad[read(n)] + slope : slope;
  }
  add_weighed_rows(row, [&](Index n) { return weights[read(n)]; }, num_read, o.x.cols, o.x_grad.row(r));
}

void SpmmBackwardRows(const SpmmBackwardOperands& o, Index begin, Index end) {
  const Index width = o.x.cols;
  for (Index r = begin; r < end; ++r) {
    float* to = o.x_grad.row(r);
    if (!o.accumulate) std::fill_n(to, width, 0.0F);
    if (o.self.data != nullptr) {
      const float* self = o.self.row(r);
      add_weighed_rows([&](Index) { return self; }, [](Index) { return 1.0F; }, 1, width, to);
    }
    const Index beyond = o.pattern.indptr[static_cast<std::size_t>(r) + 1];
    for (Index first = o.pattern.indptr[static_cast<std::size_t>(r)]; first < beyond; first += kChunk) {
      const Index count = std::min(kChunk, beyond - first);
      if (o.marked.empty()) {
        backward_entries(o, r, first, count, count, [](Index n) { return n; });
        continue;
      }
      std::array<Index, kChunk> read;
      Index num_read = 0;
      for (Index k = 0; k < count; ++k) {
        read[static_cast<std::size_t>(num_read)] = k;
        num_read += o.marked[static_cast<std::size_t>(o.pattern.indices[static_cast<std::size_t>(first + k)])] != 0;
      }
      backward_entries(o, r, first, count, num_read, [&](Index n) { return read[static_cast<std::size_t>(n)]; });
    }
  }
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
