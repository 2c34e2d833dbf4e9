#include "monet/autograd/ops/bpr_loss.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <cmath>

namespace monet::autograd {

namespace {

double sigmoid(double x) {
  const double e = std::exp(-std::abs(x));
  return x >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
}

}  // namespace

Var bpr_loss(Tape& tape, Var positive, Var negative, double floor) {
  detail::require_same_shape(tape, "bpr_loss", positive, negative);
  const Index count = tape.rows(positive);
  if (count == 0 || tape.cols(positive) != 1) {
    fail<InvalidArgument>("[bpr_loss] the scores are {} x {}, expected n x 1 with n > 0", count, tape.cols(positive));
  }
  if (!(floor >= 0.0)) fail<InvalidArgument>("[bpr_loss] the floor {} is negative", floor);
  const Var y = tape.make(1, 1, {positive, negative});
  const auto gap = [](const Tape& t, Var p, Var n, Index k) {
    return static_cast<double>(t.value(p)(k, 0)) - static_cast<double>(t.value(n)(k, 0));
  };
  double sum = 0.0;
  for (Index k = 0; k < count; ++k) {
    const double x = gap(tape, positive, negative, k);
    sum += floor > 0.0 ? -std::log(floor + sigmoid(x)) : std::max(-x, 0.0) + std::log1p(std::exp(-std::abs(x)));
  }
  tape.mutable_value(y)(0, 0) = static_cast<float>(sum / static_cast<double>(count));

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const double seed = static_cast<double>(t.grad(y)(0, 0)) / static_cast<double>(count);
    const auto give = [&](Var target, double sign) {
      if (!t.needs_grad(target)) return;
      const auto slot = t.contribute(target);
      for (Index k = 0; k < count; ++k) {
        const double x = gap(t, positive, negative, k);
        const double slope = floor > 0.0 ? sigmoid(x) * sigmoid(-x) / (floor + sigmoid(x)) : sigmoid(-x);
        detail::put(slot.view(k, 0), static_cast<float>(sign * seed * slope), slot.fresh);
      }
    };
    give(positive, -1.0);
    give(negative, 1.0);
  });
  return y;
}

}  // namespace monet::autograd
