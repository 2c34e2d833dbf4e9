#include "monet/autograd/ops/rows_squared_norm.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <vector>

namespace monet::autograd {

Var rows_squared_norm(Tape& tape, Var x, std::span<const std::int32_t> rows, float factor) {
  const auto in = tape.value(x);
  std::vector<float> counts(static_cast<std::size_t>(in.rows), 0.0F);
  for (const std::int32_t r : rows) {
    if (r < 0 || r >= in.rows) fail<InvalidArgument>("[rows_squared_norm] row {} of a matrix with {} rows", r, in.rows);
    counts[static_cast<std::size_t>(r)] += 1.0F;
  }
  double sum = 0.0;
  for (Index r = 0; r < in.rows; ++r) {
    const float count = counts[static_cast<std::size_t>(r)];
    if (count != 0.0F) sum += static_cast<double>(count) * static_cast<double>(detail::dot(in.row(r), in.row(r), in.cols));
  }
  const Var y = tape.make(1, 1, {x});
  tape.mutable_value(y)(0, 0) = static_cast<float>(0.5 * static_cast<double>(factor) * sum);

  tape.on_backward(y, [=, counts = std::move(counts)](Tape& t) {
    if (!t.has_grad(y)) return;
    const float seed = factor * t.grad(y)(0, 0);
    const auto input = t.value(x);
    const auto slot = t.contribute(x);
    detail::for_rows(t, input.rows, input.cols, [&](Index r) {
      float* const to = slot.view.row(r);
      if (slot.fresh) std::fill_n(to, input.cols, 0.0F);
      const float count = counts[static_cast<std::size_t>(r)];
      if (count != 0.0F) detail::axpy(seed * count, input.row(r), input.cols, to);
    });
  });
  return y;
}

}  // namespace monet::autograd
