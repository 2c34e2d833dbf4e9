#include "monet/autograd/ops/maximum.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <algorithm>
#include <vector>

namespace monet::autograd {

Var maximum(Tape& tape, std::span<const Var> operands) {
  if (operands.empty()) fail<InvalidArgument>("[maximum] no operands");
  for (const Var operand : operands) detail::require_same_shape(tape, "maximum", operands.front(), operand);
  const Var y = tape.make(tape.rows(operands.front()), tape.cols(operands.front()), {detail::deciding(tape, operands)});
  const auto out = tape.mutable_value(y);
  const bool contiguous =
      std::all_of(operands.begin(), operands.end(), [&](Var operand) { return tape.value(operand).contiguous(); });
  detail::for_runs(tape, out.rows, out.cols, contiguous, [&](Index r, Index count) {
    float* const to = out.row(r);
    std::copy_n(tape.value(operands.front()).row(r), count, to);
    for (const Var operand : operands.subspan(1)) {
      const float* const in = tape.value(operand).row(r);
      for (Index k = 0; k < count; ++k) to[k] = std::max(to[k], in[k]);
    }
  });

  tape.on_backward(y, [y, contiguous, inputs = std::vector<Var>(operands.begin(), operands.end())](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto best = t.value(y);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      if (!t.needs_grad(inputs[k])) continue;
      const auto slot = t.contribute(inputs[k]);
      detail::for_runs(t, g.rows, g.cols, contiguous && slot.view.contiguous(), [&](Index r, Index count) {
        const float* const seed = g.row(r);
        const float* const mine = t.value(inputs[k]).row(r);
        const float* const top = best.row(r);
        float* const to = slot.view.row(r);
        for (Index c = 0; c < count; ++c) {
          bool wins = mine[c] == top[c];
          for (std::size_t earlier = 0; wins && earlier < k; ++earlier) {
            wins = t.value(inputs[earlier]).row(r)[c] != top[c];
          }
          detail::put(to[c], wins ? seed[c] : 0.0F, slot.fresh);
        }
      });
    }
  });
  return y;
}

}  // namespace monet::autograd
