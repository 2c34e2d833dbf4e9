#include "monet/autograd/ops/row_dot.h"

#include "monet/autograd/ops/detail/support.h"

namespace monet::autograd {

Var row_dot(Tape& tape, Var a, Var b) {
  detail::require_same_shape(tape, "row_dot", a, b);
  const Var y = tape.make(tape.rows(a), 1, {a, b});
  const auto left = tape.value(a);
  const auto right = tape.value(b);
  const auto out = tape.mutable_value(y);
  detail::for_rows(tape, left.rows, 2 * left.cols,
                   [&](Index r) { out(r, 0) = detail::dot(left.row(r), right.row(r), left.cols); });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto give = [&](Var target, Var other) {
      if (!t.needs_grad(target)) return;
      const auto slot = t.contribute(target);
      const auto factor = t.value(other);
      detail::for_rows(t, factor.rows, 2 * factor.cols, [&](Index r) {
        for (Index c = 0; c < factor.cols; ++c) detail::put(slot.view(r, c), g(r, 0) * factor(r, c), slot.fresh);
      });
    };
    give(a, b);
    give(b, a);
  });
  return y;
}

}  // namespace monet::autograd
