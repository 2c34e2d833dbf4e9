#include "monet/autograd/ops/spmm.h"

#include "monet/autograd/ops/detail/sparse.h"
#include "monet/core/error.h"
#include "monet/kernels/sampled_dot.h"
#include "monet/kernels/spmm.h"

#include <span>

namespace monet::autograd {

namespace {

/// y = A x, or y += A x; `weights` in the order of `csr`.
void multiply(Tape& tape, const Csr& csr, std::span<const float> weights, MatrixView<const float> x,
              MatrixView<float> y, bool assign) {
  const kernels::SpmmOperands operands{
      csr, weights, 1.0F, x, assign ? MatrixView<const float>{} : MatrixView<const float>(y), 1.0F, {}, y};
  detail::for_shares(tape, csr, x.cols, [&](Index begin, Index end) { kernels::spmm_rows(operands, begin, end); });
}

/// y_k = a_r · b_c, or added.
void sample(Tape& tape, const Csr& csr, MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> y,
            bool assign) {
  auto memory = tape.scratch(y.contiguous() ? 0 : y.rows, 1);
  float* const to = y.contiguous() ? y.data : memory.view().data;
  const bool accumulate = !assign && y.contiguous();
  const kernels::SampledDotOperands operands{csr, a, b, accumulate, {to, static_cast<std::size_t>(y.rows)}};
  detail::for_shares(tape, csr, a.cols,
                     [&](Index begin, Index end) { kernels::sampled_dot_rows(operands, begin, end); });
  for (Index k = 0; !y.contiguous() && k < y.rows; ++k) detail::put(y(k, 0), to[k], assign);
}

}  // namespace

Var spmm(Tape& tape, const PatternPtr& pattern, Var values, Var x) {
  detail::require_entry_values(tape, "spmm", values, pattern->nnz());
  if (tape.rows(x) != pattern->cols()) {
    fail<InvalidArgument>("[spmm] x has {} rows, the pattern is {} x {}", tape.rows(x), pattern->rows(),
                          pattern->cols());
  }
  const Var y = tape.make(pattern->rows(), tape.cols(x), {values, x});
  multiply(tape, pattern->csr, detail::Entries(tape, tape.value(values)), tape.value(x), tape.mutable_value(y), true);

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    if (t.needs_grad(x)) {
      const auto slot = t.contribute(x);
      multiply(t, pattern->transposed, detail::Entries(t, t.value(values), pattern->permutation), g, slot.view,
               slot.fresh);
    }
    if (t.needs_grad(values)) {
      const auto slot = t.contribute(values);
      sample(t, pattern->csr, g, t.value(x), slot.view, slot.fresh);
    }
  });
  return y;
}

Var sampled_dot(Tape& tape, const PatternPtr& pattern, Var a, Var b) {
  if (tape.rows(a) != pattern->rows() || tape.rows(b) != pattern->cols() || tape.cols(a) != tape.cols(b)) {
    fail<InvalidArgument>("[sampled_dot] {} x {} with {} x {} on a pattern of {} x {}", tape.rows(a), tape.cols(a),
                          tape.rows(b), tape.cols(b), pattern->rows(), pattern->cols());
  }
  const Var y = tape.make(pattern->nnz(), 1, {a, b});
  sample(tape, pattern->csr, tape.value(a), tape.value(b), tape.mutable_value(y), true);

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    if (t.needs_grad(a)) {
      const auto slot = t.contribute(a);
      multiply(t, pattern->csr, detail::Entries(t, g), t.value(b), slot.view, slot.fresh);
    }
    if (t.needs_grad(b)) {
      const auto slot = t.contribute(b);
      multiply(t, pattern->transposed, detail::Entries(t, g, pattern->permutation), t.value(a), slot.view, slot.fresh);
    }
  });
  return y;
}

}  // namespace monet::autograd
