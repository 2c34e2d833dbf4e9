#include "monet/autograd/ops/multiply.h"

#include "monet/autograd/ops/detail/support.h"

namespace monet::autograd {

Var multiply(Tape& tape, Var a, Var b) {
  detail::require_same_shape(tape, "multiply", a, b);
  const Var y = tape.make(tape.rows(a), tape.cols(a), {a, b});
  const auto left = tape.value(a);
  const auto right = tape.value(b);
  const auto out = tape.mutable_value(y);
  detail::for_rows(tape, out.rows, 2 * out.cols, [&](Index r) {
    for (Index c = 0; c < out.cols; ++c) out(r, c) = left(r, c) * right(r, c);
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto give = [&](Var target, Var other) {
      if (!t.needs_grad(target)) return;
      const auto slot = t.contribute(target);
      const auto factor = t.value(other);
      detail::for_rows(t, g.rows, 2 * g.cols, [&](Index r) {
        for (Index c = 0; c < g.cols; ++c) detail::put(slot.view(r, c), g(r, c) * factor(r, c), slot.fresh);
      });
    };
    give(a, b);
    give(b, a);
  });
  return y;
}

}  // namespace monet::autograd
