#include "monet/autograd/ops/half_squared_norm.h"

#include "monet/autograd/ops/detail/support.h"

#include <numeric>
#include <vector>

namespace monet::autograd {

Var half_squared_norm(Tape& tape, Var x, float factor) {
  const Var y = tape.make(1, 1, {x});
  const auto in = tape.value(x);
  std::vector<double> by_row(static_cast<std::size_t>(in.rows));
  detail::for_rows(tape, in.rows, in.cols, [&](Index r) {
    by_row[static_cast<std::size_t>(r)] =
        std::inner_product(in.row(r), in.row(r) + in.cols, in.row(r), 0.0, std::plus<>(),
                           [](float a, float b) { return static_cast<double>(a) * static_cast<double>(b); });
  });
  const double sum = std::accumulate(by_row.begin(), by_row.end(), 0.0);
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
