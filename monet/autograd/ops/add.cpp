#include "monet/autograd/ops/add.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <algorithm>
#include <array>
#include <vector>

namespace monet::autograd {

Var add(Tape& tape, std::span<const Var> terms) {
  if (terms.empty()) fail<InvalidArgument>("[add] nothing to add");
  for (const Var term : terms) detail::require_same_shape(tape, "add", terms.front(), term);
  const Var y = tape.make(tape.rows(terms.front()), tape.cols(terms.front()), {detail::deciding(tape, terms)});
  const auto value = tape.mutable_value(y);
  const bool contiguous =
      std::all_of(terms.begin(), terms.end(), [&](Var term) { return tape.value(term).contiguous(); });
  const auto first = tape.value(terms.front());
  const auto second = tape.value(terms[terms.size() > 1 ? 1 : 0]);
  detail::for_runs(tape, value.rows, value.cols, contiguous, [&](Index r, Index count) {
    float* const to = value.row(r);
    if (terms.size() == 1) {
      std::copy_n(first.row(r), count, to);
      return;
    }
    const float* const one = first.row(r);
    const float* const other = second.row(r);
    for (Index k = 0; k < count; ++k) to[k] = one[k] + other[k];
    for (const Var term : terms.subspan(2)) detail::axpy(1.0F, tape.value(term).row(r), count, to);
  });

  tape.on_backward(y, [y, inputs = std::vector<Var>(terms.begin(), terms.end())](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    for (const Var term : inputs) {
      if (!t.needs_grad(term)) continue;
      detail::give(t, term, g.contiguous(), [=](Index r) { return [seed = g.row(r)](Index k) { return seed[k]; }; });
    }
  });
  return y;
}

Var add(Tape& tape, Var a, Var b) {
  return add(tape, std::array{a, b});
}

}  // namespace monet::autograd
