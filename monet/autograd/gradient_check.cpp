#include "monet/autograd/gradient_check.h"

#include "monet/core/rng.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace monet::autograd {

namespace {

const double kUnit = std::pow(static_cast<double>(std::numeric_limits<float>::epsilon()), 0.2);  // ε^(1/5)

struct Difference {
  double derivative = 0.0;
  double moved = 0.0;  // sum of |addends| that changed
};

Difference differentiate(float& x, const std::function<std::vector<double>()>& terms, double step_share) {
  const float centre = x;
  const double wanted = step_share * kUnit * std::max(1.0, std::abs(static_cast<double>(centre)));
  // A power of two, so that x ± h and x ± 2h are rounded as little as possible; the true distance is used anyway.
  const double step = std::exp2(std::round(std::log2(wanted)));
  const auto evaluate = [&](double factor, double& position) {
    x = static_cast<float>(static_cast<double>(centre) + factor * step);
    position = static_cast<double>(x);
    return terms();
  };
  double x_p1 = 0.0, x_m1 = 0.0, x_p2 = 0.0, x_m2 = 0.0;
  const auto p1 = evaluate(1.0, x_p1);
  const auto m1 = evaluate(-1.0, x_m1);
  const auto p2 = evaluate(2.0, x_p2);
  const auto m2 = evaluate(-2.0, x_m2);
  x = centre;
  Difference out;
  double near = 0.0;
  double far = 0.0;
  for (std::size_t k = 0; k < p1.size(); ++k) {
    near += p1[k] - m1[k];
    far += p2[k] - m2[k];
    // A NaN anywhere counts as moved, and makes the tolerance NaN: never passed.
    if (!(p1[k] == m1[k] && p2[k] == m2[k])) out.moved += std::max({std::abs(p1[k]), std::abs(m1[k]), std::abs(p2[k])});
  }
  // (8 near - far) / 12h with each difference over its own true distance.
  out.derivative = (4.0 * near / (x_p1 - x_m1) - far / (x_p2 - x_m2)) / 3.0;
  return out;
}

}  // namespace

GradientReport compare_with_differences(std::span<const CheckedLeaf> leaves,
                                        const std::function<std::vector<double>()>& terms, double step_share) {
  const double relative = 16.0 * std::pow(kUnit, 4.0);
  GradientReport worst;
  double worst_ratio = -1.0;
  for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf) {
    const auto [value, gradient] = leaves[leaf];
    double largest = 0.0;
    for (Index r = 0; r < gradient.rows; ++r) {
      for (const float g : gradient.row_span(r)) largest = std::max(largest, std::abs(static_cast<double>(g)));
    }
    bool seen = value.empty();
    for (Index r = 0; r < value.rows; ++r) {
      for (Index c = 0; c < value.cols; ++c) {
        const Difference difference = differentiate(value(r, c), terms, step_share);
        const double analytic = static_cast<double>(gradient(r, c));
        const double tolerance = relative * (difference.moved + largest);
        const double error = std::abs(analytic - difference.derivative);
        seen = seen || std::max(std::abs(analytic), std::abs(difference.derivative)) > 4.0 * tolerance;
        const bool agrees = error <= tolerance;  // false for NaN
        const double ratio =
            agrees ? (tolerance > 0.0 ? error / tolerance : 0.0)
                   : std::max(1.0, std::isfinite(error) && tolerance > 0.0 ? error / tolerance
                                                                           : std::numeric_limits<double>::infinity());
        if (ratio > worst_ratio) {
          worst_ratio = ratio;
          worst = {agrees, leaf, r, c, analytic, difference.derivative, tolerance, {}};
        }
      }
    }
    if (!seen && worst.ok) {
      return {
          false,
          leaf,
          0,
          0,
          largest,
          0.0,
          0.0,
          fmt::format("leaf {}: every gradient is within the tolerance of zero (largest {:.3g}): nothing was checked",
                      leaf, largest)};
    }
  }
  worst.message = fmt::format(
      "leaf {} ({}, {}): gradient {:.9g}, finite difference {:.9g}, apart {:.3g} of {:.3g} allowed", worst.leaf,
      worst.row, worst.col, worst.analytic, worst.numeric, std::abs(worst.analytic - worst.numeric), worst.tolerance);
  return worst;
}

GradientReport check_gradients(ThreadPool& pool, std::span<const Matrix<float>> leaves, const Build& build,
                               double step_share) {
  constexpr Index kBefore = 1;
  constexpr Index kBeside = 3;
  constexpr float kMark = 12345.0F;
  std::vector<Matrix<float>> values;
  std::vector<Matrix<float>> grads;
  std::vector<CheckedLeaf> checked;
  for (const auto& leaf : leaves) {
    values.push_back(Matrix<float>::zeros(leaf.rows(), leaf.cols() + kBeside));
    grads.emplace_back(leaf.rows(), leaf.cols() + kBeside);
    fill(grads.back().view(), kMark);
    const auto value = values.back().view().columns(kBefore, leaf.cols());
    copy<float>(leaf.view(), value);
    checked.push_back({value, grads.back().view().columns(kBefore, leaf.cols())});
  }

  Tape tape(pool);
  const auto forward = [&] {
    std::vector<Var> vars;
    for (std::size_t k = 0; k < checked.size(); ++k) {
      vars.push_back(tape.parameter(checked[k].value, grads[k].view().columns(kBefore, checked[k].value.cols)));
    }
    return build(tape, vars);
  };
  std::vector<double> weights;
  const auto weight_of = [&](Index r, Index c, Index cols) { return weights[static_cast<std::size_t>(r * cols + c)]; };

  const Var y = forward();
  const Index cols = tape.cols(y);
  Rng rng(20240229);
  for (Index k = 0; k < tape.rows(y) * cols; ++k) {
    const double size = rng.uniform(0.5, 1.5);
    weights.push_back(rng.below(2) == 0 ? size : -size);
  }
  const Var loss = tape.make(1, 1, {y});
  tape.mutable_value(loss)(0, 0) = 0.0F;
  tape.on_backward(loss, [&](Tape& t) {
    if (!t.needs_grad(y)) return;
    const auto slot = t.contribute(y);
    for (Index r = 0; r < slot.view.rows; ++r) {
      for (Index c = 0; c < cols; ++c) {
        slot.view(r, c) = static_cast<float>(weight_of(r, c, cols)) + (slot.fresh ? 0.0F : slot.view(r, c));
      }
    }
  });
  tape.backward(loss);
  for (std::size_t k = 0; k < grads.size(); ++k) {
    for (Index r = 0; r < grads[k].rows(); ++r) {
      for (Index c = 0; c < grads[k].cols(); ++c) {
        const bool inside = c >= kBefore && c < kBefore + checked[k].value.cols;
        if (!inside && grads[k](r, c) != kMark) {
          return {false, k,   r,   c - kBefore,
                  0.0,   0.0, 0.0, fmt::format("leaf {}: wrote beside its gradient in row {}", k, r)};
        }
      }
    }
  }

  return compare_with_differences(
      checked,
      [&] {
        tape.clear();
        const NoGradient no_gradient(tape);
        const auto value = tape.value(forward());
        std::vector<double> out;
        out.reserve(weights.size());
        for (Index r = 0; r < value.rows; ++r) {
          for (Index c = 0; c < value.cols; ++c)
            out.push_back(weight_of(r, c, value.cols) * static_cast<double>(value(r, c)));
        }
        return out;
      },
      step_share);
}

}  // namespace monet::autograd
