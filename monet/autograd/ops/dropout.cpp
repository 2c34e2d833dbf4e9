#include "monet/autograd/ops/dropout.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <array>
#include <cstdint>

namespace monet::autograd {

Var dropout(Tape& tape, Var x, float rate, Rng& rng) {
  if (!(rate >= 0.0F && rate < 1.0F)) fail<InvalidArgument>("[dropout] rate {} is outside [0, 1)", rate);
  if (rate == 0.0F) return x;
  const Var y = tape.make(tape.rows(x), tape.cols(x), {x});
  const auto in = tape.value(x);
  const auto out = tape.mutable_value(y);
  // What each element is multiplied by: 0, or what makes up for the others. A word of random bits serves two.
  const Var factors = tape.make(in.rows, in.cols, {});
  const auto mask = tape.mutable_value(factors);
  const std::array<float, 2> choices{0.0F, 1.0F / (1.0F - rate)};
  const auto threshold = static_cast<std::uint32_t>(static_cast<double>(rate) * 0x1p32);
  for (Index k = 0; k < in.rows * in.cols; k += 2) {
    const std::uint64_t bits = rng.next();
    mask.data[k] = choices[static_cast<std::uint32_t>(bits) >= threshold ? 1 : 0];
    if (k + 1 < in.rows * in.cols) mask.data[k + 1] = choices[bits >> 32 >= threshold ? 1 : 0];
  }
  detail::for_runs(tape, in.rows, in.cols, in.contiguous(), [=](Index r, Index count) {
    const float* const from = in.row(r);
    const float* const by = mask.row(r);
    float* const to = out.row(r);
    for (Index k = 0; k < count; ++k) to[k] = from[k] * by[k];
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto by = t.value(factors);
    detail::give(t, x, g.contiguous(), [=](Index r) {
      return [seed = g.row(r), factor = by.row(r)](Index k) { return seed[k] * factor[k]; };
    });
  });
  return y;
}

}  // namespace monet::autograd
