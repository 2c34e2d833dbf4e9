#include "monet/autograd/ops/tanh.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/kernels/modality_attention.h"

#include <algorithm>

namespace monet::autograd {

Var tanh(Tape& tape, Var x) {
  const Var y = tape.make(tape.rows(x), tape.cols(x), {x});
  const auto in = tape.value(x);
  const auto out = tape.mutable_value(y);
  detail::for_rows(tape, in.rows, 8 * in.cols, [&](Index r) {
    std::copy_n(in.row(r), in.cols, out.row(r));
    kernels::tanh_in_place(out.row_range(r, 1));
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto value = t.value(y);
    detail::give(t, x, g.contiguous() && value.contiguous(), [=](Index r) {
      return [seed = g.row(r), at = value.row(r)](Index k) { return seed[k] * (1.0F - at[k] * at[k]); };
    });
  });
  return y;
}

}  // namespace monet::autograd
