#include "monet/autograd/ops/leaky_relu.h"

#include "monet/autograd/ops/detail/support.h"

namespace monet::autograd {

Var leaky_relu(Tape& tape, Var x, float slope) {
  const Var y = tape.make(tape.rows(x), tape.cols(x), {x});
  const auto in = tape.value(x);
  const auto out = tape.mutable_value(y);
  detail::for_rows(tape, in.rows, in.cols, [&](Index r) {
    for (Index c = 0; c < in.cols; ++c) out(r, c) = in(r, c) * (in(r, c) > 0.0F ? 1.0F : slope);
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto input = t.value(x);
    const auto slot = t.contribute(x);
    detail::for_rows(t, g.rows, 2 * g.cols, [&](Index r) {
      for (Index c = 0; c < g.cols; ++c) {
        detail::put(slot.view(r, c), g(r, c) * (input(r, c) > 0.0F ? 1.0F : slope), slot.fresh);
      }
    });
  });
  return y;
}

}  // namespace monet::autograd
