#include "monet/autograd/ops/segment_softmax.h"

#include "monet/autograd/ops/detail/support.h"

#include <cmath>

namespace monet::autograd {

Var segment_softmax(Tape& tape, const PatternPtr& pattern, Var values) {
  detail::require_entry_values(tape, "segment_softmax", values, pattern->nnz());
  const Var y = tape.make(pattern->nnz(), 1, {values});
  const auto in = tape.value(values);
  const auto out = tape.mutable_value(y);
  const auto for_segments = [pattern](Tape& t, auto&& body) {
    const auto indptr = pattern->csr.indptr();
    // An exponential costs about sixteen floats' worth of reading.
    detail::for_rows(t, pattern->rows(), 16 * pattern->nnz() / std::max<Index>(pattern->rows(), 1) + 1, [&](Index r) {
      const Index begin = indptr[static_cast<std::size_t>(r)];
      const Index end = indptr[static_cast<std::size_t>(r) + 1];
      if (begin < end) body(begin, end);
    });
  };
  for_segments(tape, [&](Index begin, Index end) {
    float top = in(begin, 0);
    for (Index k = begin; k < end; ++k) top = std::max(top, in(k, 0));
    double sum = 0.0;
    for (Index k = begin; k < end; ++k) {
      out(k, 0) = std::exp(in(k, 0) - top);
      sum += static_cast<double>(out(k, 0));
    }
    for (Index k = begin; k < end; ++k) out(k, 0) = static_cast<float>(static_cast<double>(out(k, 0)) / sum);
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto share = t.value(y);
    const auto slot = t.contribute(values);
    for_segments(t, [&](Index begin, Index end) {
      double mean = 0.0;
      for (Index k = begin; k < end; ++k) mean += static_cast<double>(share(k, 0)) * static_cast<double>(g(k, 0));
      for (Index k = begin; k < end; ++k) {
        detail::put(slot.view(k, 0), share(k, 0) * static_cast<float>(static_cast<double>(g(k, 0)) - mean), slot.fresh);
      }
    });
  });
  return y;
}

}  // namespace monet::autograd
