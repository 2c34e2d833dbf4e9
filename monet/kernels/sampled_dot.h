#pragma once

#include "monet/core/csr.h"
#include "monet/core/view.h"

#include <span>

namespace monet::kernels {

/// Products of rows of two matrices where a pattern has entries: y_k = a_r · b_c for entry k = (r, c) of `pattern` [R,
/// C]; a [R, d], b [C, d]. With `accumulate` added to y.
struct SampledDotOperands {
  CsrView pattern;
  MatrixView<const float> a;
  MatrixView<const float> b;
  bool accumulate = false;
  std::span<float> y;  // nnz
};

/// The entries of rows [begin, end). Bound by gathers of rows of b: one per entry, prefetched ahead.
void sampled_dot_rows(const SampledDotOperands& operands, Index begin, Index end) noexcept;

}  // namespace monet::kernels
