#include "monet/autograd/ops/dropout.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <cstdint>
#include <vector>

namespace monet::autograd {

Var dropout(Tape& tape, Var x, float rate, Rng& rng) {
  if (!(rate >= 0.0F && rate < 1.0F)) fail<InvalidArgument>("[dropout] rate {} is outside [0, 1)", rate);
  if (rate == 0.0F) return x;
  const Var y = tape.make(tape.rows(x), tape.cols(x), {x});
  const auto in = tape.value(x);
  const auto out = tape.mutable_value(y);
  const float factor = 1.0F / (1.0F - rate);
  std::vector<std::uint8_t> kept(static_cast<std::size_t>(in.rows * in.cols));
  for (auto& keep : kept) keep = rng.uniform() >= static_cast<double>(rate) ? 1 : 0;
  const auto row_mask = [cols = in.cols](const std::vector<std::uint8_t>& mask, Index r) {
    return mask.data() + r * cols;
  };
  detail::for_rows(tape, in.rows, in.cols, [&](Index r) {
    const auto* keep = row_mask(kept, r);
    for (Index c = 0; c < in.cols; ++c) out(r, c) = keep[c] != 0 ? factor * in(r, c) : 0.0F;
  });

  tape.on_backward(y, [=, kept = std::move(kept)](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto slot = t.contribute(x);
    detail::for_rows(t, g.rows, g.cols, [&](Index r) {
      const auto* keep = row_mask(kept, r);
      for (Index c = 0; c < g.cols; ++c)
        detail::put(slot.view(r, c), keep[c] != 0 ? factor * g(r, c) : 0.0F, slot.fresh);
    });
  });
  return y;
}

}  // namespace monet::autograd
