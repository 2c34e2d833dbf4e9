#include "monet/autograd/ops/frobenius_norm.h"

#include "monet/autograd/ops/detail/support.h"

#include <cmath>

namespace monet::autograd {

Var frobenius_norm(Tape& tape, Var x, float factor) {
  const Var y = tape.make(1, 1, {x});
  const double norm = std::sqrt(detail::sum_of_squares(tape, x));
  tape.mutable_value(y)(0, 0) = static_cast<float>(static_cast<double>(factor) * norm);

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const double seed = static_cast<double>(factor) * static_cast<double>(t.grad(y)(0, 0));
    const auto share = static_cast<float>(norm > 0.0 ? seed / norm : 0.0);
    const auto input = t.value(x);
    const auto slot = t.contribute(x);
    detail::for_rows(t, input.rows, input.cols, [&](Index r) {
      for (Index c = 0; c < input.cols; ++c) detail::put(slot.view(r, c), share * input(r, c), slot.fresh);
    });
  });
  return y;
}

}  // namespace monet::autograd
