#include "monet/autograd/ops/add_unit_rows.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::autograd {

Var add_unit_rows(Tape& tape, Var x, Var h, Index first, float epsilon) {
  const auto base = tape.value(x);
  const auto added = tape.value(h);
  if (base.cols != added.cols || first < 0 || first > base.rows) {
    fail<InvalidArgument>("[add_unit_rows] {} x {} onto {} x {} from row {}", added.rows, added.cols, base.rows,
                          base.cols, first);
  }
  const Index count = std::min(added.rows, base.rows - first);
  const Var y = tape.make(base.rows, base.cols, {x, h});
  const auto out = tape.mutable_value(y);
  std::vector<float> norms(static_cast<std::size_t>(count));
  detail::for_rows(tape, base.rows, 2 * base.cols, [&](Index r) {
    const float* const from = base.row(r);
    float* const to = out.row(r);
    if (r < first || r >= first + count) {
      std::copy_n(from, base.cols, to);
      return;
    }
    const float* const row = added.row(r - first);
    const float norm = std::sqrt(detail::dot(row, row, base.cols));
    norms[static_cast<std::size_t>(r - first)] = norm;
    const float divisor = std::max(norm, epsilon);
    for (Index c = 0; c < base.cols; ++c) to[c] = from[c] + row[c] / divisor;
  });

  tape.on_backward(y, [=, norms = std::move(norms)](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    if (t.needs_grad(x)) {
      detail::give(t, x, g.contiguous(), [=](Index r) { return [seed = g.row(r)](Index k) { return seed[k]; }; });
    }
    if (!t.needs_grad(h)) return;
    const auto rows = t.value(h);
    const auto slot = t.contribute(h);
    if (slot.fresh && count < rows.rows) fill(slot.view.row_range(count, rows.rows - count), 0.0F);
    detail::for_rows(t, count, 3 * rows.cols, [&](Index r) {
      const float norm = norms[static_cast<std::size_t>(r)];
      const float inverse = 1.0F / std::max(norm, epsilon);
      const float* const seed = g.row(first + r);
      const float* const row = rows.row(r);
      const float along = norm > epsilon ? detail::dot(row, seed, rows.cols) * inverse * inverse : 0.0F;
      float* const to = slot.view.row(r);
      for (Index c = 0; c < rows.cols; ++c) detail::put(to[c], (seed[c] - along * row[c]) * inverse, slot.fresh);
    });
  });
  return y;
}

}  // namespace monet::autograd
