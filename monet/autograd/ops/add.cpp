#include "monet/autograd/ops/add.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <array>
#include <vector>

namespace monet::autograd {

Var add(Tape& tape, std::span<const Var> terms) {
  if (terms.empty()) fail<InvalidArgument>("[add] nothing to add");
  for (const Var term : terms) detail::require_same_shape(tape, "add", terms.front(), term);
  const Var y = tape.make(tape.rows(terms.front()), tape.cols(terms.front()), {detail::deciding(tape, terms)});
  const auto value = tape.mutable_value(y);
  detail::for_rows(tape, value.rows, value.cols * static_cast<Index>(terms.size()), [&](Index r) {
    std::copy_n(tape.value(terms.front()).row(r), value.cols, value.row(r));
    for (const Var term : terms.subspan(1)) detail::axpy(1.0F, tape.value(term).row(r), value.cols, value.row(r));
  });

  tape.on_backward(y, [y, inputs = std::vector<Var>(terms.begin(), terms.end())](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    for (const Var term : inputs) {
      if (!t.needs_grad(term)) continue;
      const auto slot = t.contribute(term);
      detail::for_rows(t, g.rows, g.cols, [&](Index r) {
        for (Index c = 0; c < g.cols; ++c) detail::put(slot.view(r, c), g(r, c), slot.fresh);
      });
    }
  });
  return y;
}

Var add(Tape& tape, Var a, Var b) {
  return add(tape, std::array{a, b});
}

}  // namespace monet::autograd
