#include "monet/autograd/ops/half_squared_norm.h"

#include "monet/autograd/ops/detail/support.h"

namespace monet::autograd {

Var half_squared_norm(Tape& tape, Var x, float factor) {
  const Var y = tape.make(1, 1, {x});
  const double sum = detail::sum_of_squares(tape, x);
  tape.mutable_value(y)(0, 0) = static_cast<float>(0.5 * static_cast<double>(factor) * sum);

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const float seed = factor * t.grad(y)(0, 0);
    const auto input = t.value(x);
    const auto slot = t.contribute(x);
    detail::for_rows(t, input.rows, input.cols, [&](Index r) {
      for (Index c = 0; c < input.cols; ++c) detail::put(slot.view(r, c), seed * input(r, c), slot.fresh);
    });
  });
  return y;
}

}  // namespace monet::autograd
