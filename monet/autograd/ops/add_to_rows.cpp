#include "monet/autograd/ops/add_to_rows.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <algorithm>

namespace monet::autograd {

Var add_to_rows(Tape& tape, Var x, Var h, Index first) {
  const auto base = tape.value(x);
  const auto added = tape.value(h);
  if (base.cols != added.cols || first < 0 || first > base.rows) {
    fail<InvalidArgument>("[add_to_rows] {} x {} onto {} x {} from row {}", added.rows, added.cols, base.rows,
                          base.cols, first);
  }
  const Index count = std::min(added.rows, base.rows - first);
  const Var y = tape.make(base.rows, base.cols, {x, h});
  const auto out = tape.mutable_value(y);
  detail::for_rows(tape, base.rows, 2 * base.cols, [&](Index r) {
    std::copy_n(base.row(r), base.cols, out.row(r));
    if (r >= first && r < first + count) detail::axpy(1.0F, added.row(r - first), base.cols, out.row(r));
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    if (t.needs_grad(x)) {
      detail::give(t, x, g.contiguous(), [=](Index r) { return [seed = g.row(r)](Index k) { return seed[k]; }; });
    }
    if (!t.needs_grad(h)) return;
    const auto slot = t.contribute(h);
    detail::for_rows(t, slot.view.rows, 2 * slot.view.cols, [&](Index r) {
      for (Index c = 0; c < slot.view.cols; ++c) {
        detail::put(slot.view(r, c), r < count ? g(first + r, c) : 0.0F, slot.fresh);
      }
    });
  });
  return y;
}

}  // namespace monet::autograd
