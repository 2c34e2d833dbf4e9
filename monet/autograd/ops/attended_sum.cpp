#include "monet/autograd/ops/attended_sum.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::autograd {

Var attended_sum(Tape& tape, std::span<const Var> given, std::span<const Var> given_logits) {
  const std::vector<Var> terms(given.begin(), given.end());
  const std::vector<Var> logits(given_logits.begin(), given_logits.end());
  if (terms.empty() || terms.size() != logits.size()) {
    fail<InvalidArgument>("[attended_sum] {} terms with {} logits", terms.size(), logits.size());
  }
  const Index rows = tape.rows(terms[0]);
  const Index cols = tape.cols(terms[0]);
  for (std::size_t m = 0; m < terms.size(); ++m) {
    detail::require_same_shape(tape, "attended_sum", terms[0], terms[m]);
    detail::require_entry_values(tape, "attended_sum", logits[m], rows);
  }
  const auto count = static_cast<Index>(terms.size());
  std::vector<Var> inputs = terms;
  inputs.insert(inputs.end(), logits.begin(), logits.end());
  const Var shares = tape.make(rows, count, {});
  const Var y = tape.make(rows, cols, {detail::deciding(tape, inputs)});
  const auto share = tape.mutable_value(shares);
  const auto out = tape.mutable_value(y);
  detail::for_rows(tape, rows, (count + 1) * cols, [&](Index r) {
    float* const a = share.row(r);
    for (std::size_t m = 0; m < logits.size(); ++m) a[m] = tape.value(logits[m])(r, 0);
    const float largest = *std::max_element(a, a + count);
    float sum = 0.0F;
    for (Index m = 0; m < count; ++m) sum += a[m] = std::exp(a[m] - largest);
    std::fill_n(out.row(r), cols, 0.0F);
    for (std::size_t m = 0; m < terms.size(); ++m) {
      a[m] /= sum;
      detail::axpy(a[m], tape.value(terms[m]).row(r), cols, out.row(r));
    }
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto a = t.value(shares);
    for (std::size_t m = 0; m < terms.size(); ++m) {
      const auto column = static_cast<Index>(m);
      if (t.needs_grad(terms[m])) {
        detail::give(t, terms[m], false,
                     [=](Index r) { return [seed = g.row(r), by = a(r, column)](Index k) { return by * seed[k]; }; });
      }
      if (!t.needs_grad(logits[m])) continue;
      const auto slot = t.contribute(logits[m]);
      detail::for_rows(t, rows, 3 * cols, [&](Index r) {
        const float towards = detail::dot(g.row(r), t.value(terms[m]).row(r), cols);
        const float slope = a(r, column) * (towards - detail::dot(g.row(r), t.value(y).row(r), cols));
        detail::put(slot.view(r, 0), slope, slot.fresh);
      });
    }
  });
  return y;
}

}  // namespace monet::autograd
