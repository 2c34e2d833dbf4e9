#include "monet/autograd/ops/leaky_relu.h"

#include "monet/autograd/ops/detail/support.h"

namespace monet::autograd {

Var leaky_relu(Tape& tape, Var x, float slope) {
  const Var y = tape.make(tape.rows(x), tape.cols(x), {x});
  const auto in = tape.value(x);
  const auto out = tape.mutable_value(y);
  detail::for_runs(tape, in.rows, in.cols, in.contiguous(), [=](Index r, Index count) {
    const float below = slope;  // of this frame: a store to `to` cannot change it

    const float* const from = in.row(r);
    float* const to = out.row(r);
    for (Index k = 0; k < count; ++k) to[k] = from[k] * (from[k] > 0.0F ? 1.0F : below);
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto input = t.value(x);
    detail::give(t, x, g.contiguous() && input.contiguous(), [=](Index r) {
      return
          [slope, seed = g.row(r), from = input.row(r)](Index k) { return seed[k] * (from[k] > 0.0F ? 1.0F : slope); };
    });
  });
  return y;
}

}  // namespace monet::autograd
