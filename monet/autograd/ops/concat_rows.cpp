#include "monet/autograd/ops/concat_rows.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <array>

namespace monet::autograd {

Var concat_rows(Tape& tape, Var a, Var b) {
  if (tape.cols(a) != tape.cols(b)) {
    fail<InvalidArgument>("[concat_rows] {} columns on top of {}", tape.cols(a), tape.cols(b));
  }
  const Index above = tape.rows(a);
  const Var y = tape.make(above + tape.rows(b), tape.cols(a), {a, b});
  const auto out = tape.mutable_value(y);
  detail::for_rows(tape, out.rows, out.cols, [&](Index r) {
    std::copy_n(r < above ? tape.value(a).row(r) : tape.value(b).row(r - above), out.cols, out.row(r));
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    Index first = 0;
    for (const Var part : std::array{a, b}) {
      const auto own = g.row_range(first, t.rows(part));
      first += own.rows;
      if (!t.needs_grad(part)) continue;
      const auto slot = t.contribute(part);
      detail::for_rows(t, own.rows, own.cols, [&](Index r) {
        for (Index c = 0; c < own.cols; ++c) detail::put(slot.view(r, c), own(r, c), slot.fresh);
      });
    }
  });
  return y;
}

}  // namespace monet::autograd
