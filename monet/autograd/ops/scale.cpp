#include "monet/autograd/ops/scale.h"

#include "monet/autograd/ops/detail/support.h"

namespace monet::autograd {

Var scale(Tape& tape, Var x, float factor) {
  const Var y = tape.make(tape.rows(x), tape.cols(x), {x});
  const auto in = tape.value(x);
  const auto out = tape.mutable_value(y);
  detail::for_runs(tape, in.rows, in.cols, in.contiguous(), [=](Index r, Index count) {
    const float by = factor;  // of this frame: a store to `to` cannot change it

    const float* const from = in.row(r);
    float* const to = out.row(r);
    for (Index k = 0; k < count; ++k) to[k] = by * from[k];
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    detail::give(t, x, g.contiguous(),
                 [=](Index r) { return [factor, seed = g.row(r)](Index k) { return factor * seed[k]; }; });
  });
  return y;
}

}  // namespace monet::autograd
