#include "monet/autograd/ops/entry_values.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

namespace monet::autograd {

Var transpose_values(Tape& tape, const PatternPtr& pattern, Var values) {
  detail::require_entry_values(tape, "transpose_values", values, pattern->nnz());
  const Var y = tape.make(pattern->nnz(), 1, {values});
  const auto in = tape.value(values);
  const auto out = tape.mutable_value(y);
  for (Index k = 0; k < out.rows; ++k) out(k, 0) = in(pattern->permutation[static_cast<std::size_t>(k)], 0);

  tape.on_backward(y, [y, values, pattern](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto slot = t.contribute(values);
    for (Index k = 0; k < g.rows; ++k) {
      detail::put(slot.view(pattern->permutation[static_cast<std::size_t>(k)], 0), g(k, 0), slot.fresh);
    }
  });
  return y;
}

Var spread_values(Tape& tape, const PatternUnion& united, std::size_t part, Var values) {
  if (part >= united.positions.size()) {
    fail<InvalidArgument>("[spread_values] part {} of a union of {}", part, united.positions.size());
  }
  const auto& positions = united.positions[part];
  detail::require_entry_values(tape, "spread_values", values, static_cast<Index>(positions.size()));
  const Var y = tape.make(united.pattern->nnz(), 1, {values});
  const auto in = tape.value(values);
  const auto out = tape.mutable_value(y);
  fill(out, 0.0F);
  for (Index k = 0; k < in.rows; ++k) out(positions[static_cast<std::size_t>(k)], 0) = in(k, 0);
  if (!tape.needs_grad(y)) return y;

  tape.on_backward(y, [y, values, positions](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto slot = t.contribute(values);
    for (Index k = 0; k < slot.view.rows; ++k) {
      detail::put(slot.view(k, 0), g(positions[static_cast<std::size_t>(k)], 0), slot.fresh);
    }
  });
  return y;
}

}  // namespace monet::autograd
