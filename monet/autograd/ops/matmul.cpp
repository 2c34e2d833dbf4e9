#include "monet/autograd/ops/matmul.h"

#include "monet/autograd/ops/detail/parallel_gemm.h"
#include "monet/core/error.h"

namespace monet::autograd {

using kernels::Transpose;

Var matmul(Tape& tape, Var x, Var w) {
  if (tape.cols(x) != tape.rows(w)) {
    fail<InvalidArgument>("[matmul] {} x {} times {} x {}: the inner sizes differ", tape.rows(x), tape.cols(x),
                          tape.rows(w), tape.cols(w));
  }
  const Var y = tape.make(tape.rows(x), tape.cols(w), {x, w});
  detail::parallel_gemm(tape.pool(), Transpose::no, Transpose::no, tape.value(x), tape.value(w), false,
                        tape.mutable_value(y));

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    if (t.needs_grad(x)) {
      const auto slot = t.contribute(x);
      detail::parallel_gemm(t.pool(), Transpose::no, Transpose::yes, g, t.value(w), !slot.fresh, slot.view);
    }
    if (t.needs_grad(w)) {
      const auto slot = t.contribute(w);
      detail::parallel_gemm(t.pool(), Transpose::yes, Transpose::no, t.value(x), g, !slot.fresh, slot.view);
    }
  });
  return y;
}

}  // namespace monet::autograd
