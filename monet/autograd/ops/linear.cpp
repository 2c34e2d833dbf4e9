#include "monet/autograd/ops/linear.h"

#include "monet/autograd/ops/detail/parallel_gemm.h"
#include "monet/core/error.h"

namespace monet::autograd {

using kernels::Transpose;

Var linear(Tape& tape, Var x, Var weight, Var bias) {
  const Index out = tape.rows(weight);
  if (tape.cols(x) != tape.cols(weight)) {
    fail<InvalidArgument>("[linear] x has {} columns, the weight is {} x {}", tape.cols(x), out, tape.cols(weight));
  }
  if (bias.valid() && (tape.rows(bias) != 1 || tape.cols(bias) != out)) {
    fail<InvalidArgument>("[linear] the bias is {} x {}, expected 1 x {}", tape.rows(bias), tape.cols(bias), out);
  }
  const Var y = tape.make(tape.rows(x), out, {x, weight, bias});
  const auto value = tape.mutable_value(y);
  if (bias.valid()) {
    for (Index r = 0; r < value.rows; ++r) std::copy_n(tape.value(bias).data, out, value.row(r));
  }
  detail::parallel_gemm(tape.pool(), Transpose::no, Transpose::yes, tape.value(x), tape.value(weight), bias.valid(),
                        value);

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    if (t.needs_grad(x)) {
      const auto slot = t.contribute(x);
      detail::parallel_gemm(t.pool(), Transpose::no, Transpose::no, g, t.value(weight), !slot.fresh, slot.view);
    }
    if (t.needs_grad(weight)) {
      const auto slot = t.contribute(weight);
      detail::parallel_gemm(t.pool(), Transpose::yes, Transpose::no, g, t.value(x), !slot.fresh, slot.view);
    }
    if (bias.valid() && t.needs_grad(bias)) {
      const auto slot = t.contribute(bias);
      detail::column_sums(t.pool(), g, !slot.fresh, slot.view);
    }
  });
  return y;
}

}  // namespace monet::autograd
