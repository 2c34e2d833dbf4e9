#include "monet/autograd/ops/normalize_rows.h"

#include "monet/autograd/ops/detail/support.h"

#include <cmath>
#include <vector>

namespace monet::autograd {

Var normalize_rows(Tape& tape, Var x, float epsilon) {
  const Var y = tape.make(tape.rows(x), tape.cols(x), {x});
  const auto in = tape.value(x);
  const auto out = tape.mutable_value(y);
  std::vector<float> norms(static_cast<std::size_t>(in.rows));
  detail::for_rows(tape, in.rows, in.cols, [&](Index r) {
    const float norm = std::sqrt(detail::dot(in.row(r), in.row(r), in.cols));
    norms[static_cast<std::size_t>(r)] = norm;
    const float divisor = std::max(norm, epsilon);
    for (Index c = 0; c < in.cols; ++c) out(r, c) = in(r, c) / divisor;
  });

  tape.on_backward(y, [=, norms = std::move(norms)](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto unit = t.value(y);
    const auto slot = t.contribute(x);
    detail::for_rows(t, g.rows, 2 * g.cols, [&](Index r) {
      const float norm = norms[static_cast<std::size_t>(r)];
      const float along = norm > epsilon ? detail::dot(unit.row(r), g.row(r), g.cols) : 0.0F;
      const float inverse = 1.0F / std::max(norm, epsilon);
      for (Index c = 0; c < g.cols; ++c) {
        detail::put(slot.view(r, c), (g(r, c) - along * unit(r, c)) * inverse, slot.fresh);
      }
    });
  });
  return y;
}

}  // namespace monet::autograd
