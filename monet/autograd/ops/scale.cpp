#include "monet/autograd/ops/scale.h"

#include "monet/autograd/ops/detail/support.h"

namespace monet::autograd {

Var scale(Tape& tape, Var x, float factor) {
  const Var y = tape.make(tape.rows(x), tape.cols(x), {x});
  const auto in = tape.value(x);
  const auto out = tape.mutable_value(y);
  detail::for_rows(tape, in.rows, in.cols, [&](Index r) {
    for (Index c = 0; c < in.cols; ++c) out(r, c) = factor * in(r, c);
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto slot = t.contribute(x);
    detail::for_rows(t, g.rows, g.cols, [&](Index r) {
      for (Index c = 0; c < g.cols; ++c) detail::put(slot.view(r, c), factor * g(r, c), slot.fresh);
    });
  });
  return y;
}

}  // namespace monet::autograd
