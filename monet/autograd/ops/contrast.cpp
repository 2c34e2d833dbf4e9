#include "monet/autograd/ops/contrast.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/detail/support.h"
#include "monet/autograd/ops/softmax_loss.h"
#include "monet/autograd/ops/unit_blocks.h"
#include "monet/core/error.h"

#include <cmath>
#include <vector>

namespace monet::autograd {

Var contrast(Tape& tape, Var a, Var c, std::span<const float> counts, float temperature) {
  detail::require_same_shape(tape, "contrast", a, c);
  const Index n = tape.rows(a);
  if (n == 0 || static_cast<Index>(counts.size()) != n) {
    fail<InvalidArgument>("[contrast] {} rows with {} counts", n, counts.size());
  }
  if (!(temperature >= 0.05F)) {
    fail<InvalidArgument>("[contrast] a temperature of {}, expected 0.05 or more", temperature);
  }
  // A row that occurs w times is one key with the bias ln w, and w pairs, each of which the bias costs ln w.
  const Var bias = tape.make(n, 1, {});
  const auto logarithms = tape.mutable_value(bias);
  std::vector<QueryTarget> pairs;
  double too_little = 0.0;
  for (std::int32_t r = 0; r < n; ++r) {
    const float count = counts[static_cast<std::size_t>(r)];
    logarithms(r, 0) = std::log(count);
    too_little += static_cast<double>(count) * static_cast<double>(logarithms(r, 0));
    pairs.insert(pairs.end(), static_cast<std::size_t>(count), {r, r});
  }
  const Var rest = tape.make(1, 1, {});
  tape.mutable_value(rest)(0, 0) = static_cast<float>(too_little / static_cast<double>(pairs.size()));
  const Var loss =
      softmax_loss(tape, unit_blocks(tape, a, 1), unit_blocks(tape, c, 1), bias, pairs, 1.0F / temperature);
  return add(tape, loss, rest);
}

}  // namespace monet::autograd
