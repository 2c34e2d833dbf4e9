#include "monet/autograd/ops/multiply.h"

#include "monet/autograd/ops/detail/support.h"

namespace monet::autograd {

Var multiply(Tape& tape, Var a, Var b) {
  detail::require_same_shape(tape, "multiply", a, b);
  const Var y = tape.make(tape.rows(a), tape.cols(a), {a, b});
  const auto left = tape.value(a);
  const auto right = tape.value(b);
  const auto out = tape.mutable_value(y);
  detail::for_runs(tape, out.rows, out.cols, left.contiguous() && right.contiguous(), [&](Index r, Index count) {
    const float* const one = left.row(r);
    const float* const other = right.row(r);
    float* const to = out.row(r);
    for (Index k = 0; k < count; ++k) to[k] = one[k] * other[k];
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto give = [&](Var target, Var other) {
      if (!t.needs_grad(target)) return;
      const auto factor = t.value(other);
      detail::give(t, target, g.contiguous() && factor.contiguous(),
                   [=](Index r) { return [seed = g.row(r), by = factor.row(r)](Index k) { return seed[k] * by[k]; }; });
    };
    give(a, b);
    give(b, a);
  });
  return y;
}

}  // namespace monet::autograd
