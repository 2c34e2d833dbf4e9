#include "monet/autograd/ops/spmm.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

namespace monet::autograd {

namespace {

std::size_t at(Index i) {
  return static_cast<std::size_t>(i);
}

Index floats_per_row(const Csr& csr, Index width) {
  return csr.nnz() * width / std::max<Index>(csr.rows(), 1) + width;
}

/// y = A x; entry k of `csr` weighs values(order ? order[k] : k).
void multiply(Tape& tape, const Csr& csr, const Index* order, MatrixView<const float> values, MatrixView<const float> x,
              MatrixView<float> y, bool assign) {
  detail::for_rows(tape, csr.rows(), floats_per_row(csr, x.cols), [&](Index r) {
    if (assign) std::fill_n(y.row(r), y.cols, 0.0F);
    for (Index k = csr.indptr()[at(r)]; k < csr.indptr()[at(r) + 1]; ++k) {
      detail::axpy(values(order != nullptr ? order[k] : k, 0), x.row(csr.indices()[at(k)]), x.cols, y.row(r));
    }
  });
}

/// y_k = a_r · b_c.
void sample(Tape& tape, const Csr& csr, MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> y,
            bool assign) {
  detail::for_rows(tape, csr.rows(), floats_per_row(csr, a.cols), [&](Index r) {
    for (Index k = csr.indptr()[at(r)]; k < csr.indptr()[at(r) + 1]; ++k) {
      detail::put(y(k, 0), detail::dot(a.row(r), b.row(csr.indices()[at(k)]), a.cols), assign);
    }
  });
}

}  // namespace

Var spmm(Tape& tape, const PatternPtr& pattern, Var values, Var x) {
  detail::require_entry_values(tape, "spmm", values, pattern->nnz());
  if (tape.rows(x) != pattern->cols()) {
    fail<InvalidArgument>("[spmm] x has {} rows, the pattern is {} x {}", tape.rows(x), pattern->rows(),
                          pattern->cols());
  }
  const Var y = tape.make(pattern->rows(), tape.cols(x), {values, x});
  multiply(tape, pattern->csr, nullptr, tape.value(values), tape.value(x), tape.mutable_value(y), true);

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    if (t.needs_grad(x)) {
      const auto slot = t.contribute(x);
      multiply(t, pattern->transposed, pattern->permutation.data(), t.value(values), g, slot.view, slot.fresh);
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
      multiply(t, pattern->csr, nullptr, g, t.value(b), slot.view, slot.fresh);
    }
    if (t.needs_grad(b)) {
      const auto slot = t.contribute(b);
      multiply(t, pattern->transposed, pattern->permutation.data(), g, t.value(a), slot.view, slot.fresh);
    }
  });
  return y;
}

}  // namespace monet::autograd
