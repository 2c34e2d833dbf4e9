#include "monet/autograd/ops/weighted_sum.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace monet::autograd {

std::vector<double> softmax(MatrixView<const float> weights) {
  const double top = *std::max_element(weights.data, weights.data + weights.cols);
  std::vector<double> out(static_cast<std::size_t>(weights.cols));
  for (std::size_t k = 0; k < out.size(); ++k) out[k] = std::exp(static_cast<double>(weights.data[k]) - top);
  const double total = std::accumulate(out.begin(), out.end(), 0.0);
  for (double& w : out) w /= total;
  return out;
}

Var weighted_sum(Tape& tape, std::span<const Var> terms, Var weights) {
  const auto count = static_cast<Index>(terms.size());
  if (terms.empty()) fail<InvalidArgument>("[weighted_sum] nothing to add");
  for (const Var term : terms) detail::require_same_shape(tape, "weighted_sum", terms.front(), term);
  if (tape.rows(weights) != 1 || tape.cols(weights) != count) {
    fail<InvalidArgument>("[weighted_sum] the weights are {} x {}, expected 1 x {}, one for each term",
                          tape.rows(weights), tape.cols(weights), count);
  }
  const Var y = tape.make(tape.rows(terms.front()), tape.cols(terms.front()), {detail::deciding(tape, terms), weights});
  const auto value = tape.mutable_value(y);
  const std::vector<double> w = softmax(tape.value(weights));
  detail::for_rows(tape, value.rows, value.cols * count, [&](Index r) {
    std::fill_n(value.row(r), value.cols, 0.0F);
    for (std::size_t k = 0; k < terms.size(); ++k) {
      detail::axpy(static_cast<float>(w[k]), tape.value(terms[k]).row(r), value.cols, value.row(r));
    }
  });

  tape.on_backward(y, [y, weights, w, inputs = std::vector<Var>(terms.begin(), terms.end())](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      if (!t.needs_grad(inputs[k])) continue;
      const auto slot = t.contribute(inputs[k]);
      const auto factor = static_cast<float>(w[k]);
      detail::for_rows(t, g.rows, g.cols, [&](Index r) {
        for (Index c = 0; c < g.cols; ++c) detail::put(slot.view(r, c), factor * g(r, c), slot.fresh);
      });
    }
    if (!t.needs_grad(weights)) return;
    // Summed row by row first, so that the result does not depend on the number of threads.
    std::vector<double> along(inputs.size());
    std::vector<float> by_row(static_cast<std::size_t>(g.rows));
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      const auto x = t.value(inputs[k]);
      detail::for_rows(t, g.rows, g.cols,
                       [&](Index r) { by_row[static_cast<std::size_t>(r)] = detail::dot(g.row(r), x.row(r), g.cols); });
      along[k] = std::accumulate(by_row.begin(), by_row.end(), 0.0);
    }
    const double mean = std::inner_product(w.begin(), w.end(), along.begin(), 0.0);
    const auto slot = t.contribute(weights);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      detail::put(slot.view(0, static_cast<Index>(k)), static_cast<float>(w[k] * (along[k] - mean)), slot.fresh);
    }
  });
  return y;
}

}  // namespace monet::autograd
