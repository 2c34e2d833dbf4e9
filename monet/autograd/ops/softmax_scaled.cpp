#include "monet/autograd/ops/softmax_scaled.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/kernels/online_softmax.h"

#include <algorithm>

namespace monet::autograd {

Var softmax_scaled(Tape& tape, Var z, Var x) {
  detail::require_same_shape(tape, "softmax_scaled", z, x);
  const Index rows = tape.rows(z);
  const Index cols = tape.cols(z);
  const Var shares = tape.make(rows, cols, {});
  const Var y = tape.make(rows, cols, {z, x});
  const auto share = tape.mutable_value(shares);
  const auto out = tape.mutable_value(y);
  const auto logits = tape.value(z);
  const auto value = tape.value(x);
  detail::for_rows(tape, rows, 8 * cols, [&](Index r) {
    float* const p = share.row(r);
    std::copy_n(logits.row(r), cols, p);
    float shift = 0.0F, sum = 0.0F;
    const kernels::SoftmaxState state{{&shift, 1}, {&sum, 1}};
    state.reset();
    kernels::add_softmax_columns(share.row_range(r, 1), 0, cols, 1.0F, {}, state);
    const float inverse = 1.0F / sum;
    for (Index c = 0; c < cols; ++c) {
      p[c] *= inverse;
      out(r, c) = p[c] * value(r, c);
    }
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto p = t.value(shares);
    if (t.needs_grad(x)) {
      detail::give(t, x, g.contiguous() && p.contiguous(),
                   [=](Index r) { return [seed = g.row(r), by = p.row(r)](Index k) { return seed[k] * by[k]; }; });
    }
    if (!t.needs_grad(z)) return;
    const auto slot = t.contribute(z);
    detail::for_rows(t, rows, 5 * cols, [&](Index r) {
      // p·g is y·ȳ.
      const float along = detail::dot(t.value(y).row(r), g.row(r), cols);
      const float* const from = t.value(x).row(r);
      for (Index c = 0; c < cols; ++c) {
        detail::put(slot.view(r, c), p(r, c) * (g(r, c) * from[c] - along), slot.fresh);
      }
    });
  });
  return y;
}

}  // namespace monet::autograd
