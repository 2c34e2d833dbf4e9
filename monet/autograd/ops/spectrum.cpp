#include "monet/autograd/ops/spectrum.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/autograd/ops/linear.h"
#include "monet/core/error.h"

#include <cmath>
#include <numbers>

namespace monet::autograd {

FourierMatrices::FourierMatrices(Index dim) {
  const Index half = dim / 2 + 1;
  forward = Matrix<float>::zeros(2 * half, dim);
  inverse = Matrix<float>::zeros(dim, 2 * half);
  const double scale = 1.0 / std::sqrt(static_cast<double>(dim));
  for (Index k = 0; k < half; ++k) {
    const bool real = k == 0 || 2 * k == dim;
    for (Index n = 0; n < dim; ++n) {
      const double angle = 2.0 * std::numbers::pi * static_cast<double>(k * n % dim) / static_cast<double>(dim);
      const double twice = real ? 1.0 : 2.0;
      forward(k, n) = static_cast<float>(scale * std::cos(angle));
      inverse(n, k) = static_cast<float>(scale * twice * std::cos(angle));
      if (real) continue;
      forward(half + k, n) = static_cast<float>(-scale * std::sin(angle));
      inverse(n, half + k) = static_cast<float>(-scale * twice * std::sin(angle));
    }
  }
}

Var spectrum(Tape& tape, const FourierMatrices& matrices, Var x) {
  return linear(tape, x, tape.constant(matrices.forward.view()), {});
}

Var inverse_spectrum(Tape& tape, const FourierMatrices& matrices, Var y) {
  return linear(tape, y, tape.constant(matrices.inverse.view()), {});
}

Var multiply_spectra(Tape& tape, Var a, Var b) {
  detail::require_same_shape(tape, "multiply_spectra", a, b);
  const Index rows = tape.rows(a);
  const Index half = tape.cols(a) / 2;
  if (tape.cols(a) != 2 * half) fail<InvalidArgument>("[multiply_spectra] {} columns, expected pairs", tape.cols(a));
  const Var y = tape.make(rows, 2 * half, {a, b});
  const auto out = tape.mutable_value(y);
  const auto left = tape.value(a);
  const auto right = tape.value(b);
  detail::for_rows(tape, rows, 6 * half, [&](Index r) {
    const float* const p = left.row(r);
    const float* const q = right.row(r);
    float* const to = out.row(r);
    for (Index k = 0; k < half; ++k) {
      to[k] = p[k] * q[k] - p[half + k] * q[half + k];
      to[half + k] = p[k] * q[half + k] + p[half + k] * q[k];
    }
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto give = [&](Var target, Var other) {
      if (!t.needs_grad(target)) return;
      const auto slot = t.contribute(target);
      const auto factor = t.value(other);
      detail::for_rows(t, rows, 6 * half, [&](Index r) {
        const float* const seed = g.row(r);
        const float* const q = factor.row(r);
        float* const to = slot.view.row(r);
        for (Index k = 0; k < half; ++k) {
          detail::put(to[k], seed[k] * q[k] + seed[half + k] * q[half + k], slot.fresh);
          detail::put(to[half + k], seed[half + k] * q[k] - seed[k] * q[half + k], slot.fresh);
        }
      });
    };
    give(a, b);
    give(b, a);
  });
  return y;
}

Var filter_spectrum(Tape& tape, Var a, Var weights) {
  const Index rows = tape.rows(a);
  const Index half = tape.rows(weights);
  if (tape.cols(weights) != 2 || tape.cols(a) != 2 * half) {
    fail<InvalidArgument>("[filter_spectrum] weights of {} x {} for {} columns", half, tape.cols(weights),
                          tape.cols(a));
  }
  const Var y = tape.make(rows, 2 * half, {a, weights});
  const auto out = tape.mutable_value(y);
  const auto value = tape.value(a);
  const auto w = tape.value(weights);
  detail::for_rows(tape, rows, 4 * half, [&](Index r) {
    const float* const p = value.row(r);
    float* const to = out.row(r);
    for (Index k = 0; k < half; ++k) {
      to[k] = p[k] * w(k, 0) - p[half + k] * w(k, 1);
      to[half + k] = p[k] * w(k, 1) + p[half + k] * w(k, 0);
    }
  });

  tape.on_backward(y, [=](Tape& t) {
    if (!t.has_grad(y)) return;
    const auto g = t.grad(y);
    const auto by = t.value(weights);
    if (t.needs_grad(a)) {
      const auto slot = t.contribute(a);
      detail::for_rows(t, rows, 4 * half, [&](Index r) {
        const float* const seed = g.row(r);
        float* const to = slot.view.row(r);
        for (Index k = 0; k < half; ++k) {
          detail::put(to[k], seed[k] * by(k, 0) + seed[half + k] * by(k, 1), slot.fresh);
          detail::put(to[half + k], seed[half + k] * by(k, 0) - seed[k] * by(k, 1), slot.fresh);
        }
      });
    }
    if (!t.needs_grad(weights)) return;
    const auto slot = t.contribute(weights);
    const auto from = t.value(a);
    // Columns are shared out, so that the order of a sum does not depend on the number of threads.
    t.pool().for_range(
        half,
        [&](Index begin, Index end, int) {
          for (Index k = begin; k < end; ++k) {
            if (slot.fresh) slot.view(k, 0) = slot.view(k, 1) = 0.0F;
          }
          for (Index r = 0; r < rows; ++r) {
            const float* const seed = g.row(r);
            const float* const p = from.row(r);
            for (Index k = begin; k < end; ++k) {
              slot.view(k, 0) += seed[k] * p[k] + seed[half + k] * p[half + k];
              slot.view(k, 1) += seed[half + k] * p[k] - seed[k] * p[half + k];
            }
          }
        },
        detail::kColumnGrain);
  });
  return y;
}

}  // namespace monet::autograd
