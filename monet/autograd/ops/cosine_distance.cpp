#include "monet/autograd/ops/cosine_distance.h"

#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"

#include <cmath>
#include <utility>
#include <vector>

namespace monet::autograd {

namespace {

/// cos(x_k, t), 1 / ‖x_k‖ and 1 / ‖t‖; all zero where there is no cosine.
struct Angle {
  float cosine = 0.0F;
  float inverse_x = 0.0F;
  float inverse_t = 0.0F;
};

Angle angle(const float* x, const float* t, Index width) {
  const float x_norm = std::sqrt(detail::dot(x, x, width));
  const float t_norm = std::sqrt(detail::dot(t, t, width));
  if (!(x_norm > 0.0F && t_norm > 0.0F)) return {};
  return {detail::dot(x, t, width) / x_norm / t_norm, 1.0F / x_norm, 1.0F / t_norm};
}

}  // namespace

Var cosine_distance(Tape& tape, Var x, MatrixView<const float> targets, std::span<const std::int32_t> rows,
                    float factor, std::span<const float> weights) {
  const auto in = tape.value(x);
  if (in.cols != targets.cols || in.rows != static_cast<Index>(rows.size())) {
    fail<InvalidArgument>("[cosine_distance] x is {} x {}, with {} targets of {} columns", in.rows, in.cols,
                          rows.size(), targets.cols);
  }
  for (const std::int32_t r : rows) {
    if (r < 0 || r >= targets.rows) {
      fail<InvalidArgument>("[cosine_distance] target {} of {} rows", r, targets.rows);
    }
  }
  if (!weights.empty() && weights.size() != rows.size()) {
    fail<InvalidArgument>("[cosine_distance] {} rows with {} weights", rows.size(), weights.size());
  }
  const Var y = tape.make(1, 1, {x});
  std::vector<Angle> angles(rows.size());
  detail::for_rows(tape, in.rows, 3 * in.cols, [&](Index k) {
    const auto at = static_cast<std::size_t>(k);
    angles[at] = angle(in.row(k), targets.row(rows[at]), in.cols);
  });
  double sum = 0.0;
  for (std::size_t k = 0; k < angles.size(); ++k) {
    if (!(angles[k].inverse_x > 0.0F)) continue;
    sum += (weights.empty() ? 1.0 : static_cast<double>(weights[k])) * (1.0 - static_cast<double>(angles[k].cosine));
  }
  tape.mutable_value(y)(0, 0) = static_cast<float>(static_cast<double>(factor) * sum);
  if (!tape.needs_grad(y)) return y;

  tape.on_backward(y,
                   [y, x, targets, factor, rows = std::vector<std::int32_t>(rows.begin(), rows.end()),
                    weights = std::vector<float>(weights.begin(), weights.end()), angles = std::move(angles)](Tape& t) {
                     if (!t.has_grad(y)) return;
                     const float whole = factor * t.grad(y)(0, 0);
                     const auto value = t.value(x);
                     const auto slot = t.contribute(x);
                     detail::for_rows(t, value.rows, 3 * value.cols, [&](Index k) {
                       const Angle& a = angles[static_cast<std::size_t>(k)];
                       const float seed = weights.empty() ? whole : whole * weights[static_cast<std::size_t>(k)];
                       const float* target = targets.row(rows[static_cast<std::size_t>(k)]);
                       const float towards_target = -seed * a.inverse_x * a.inverse_t;
                       const float along = seed * a.cosine * a.inverse_x * a.inverse_x;
                       for (Index c = 0; c < value.cols; ++c) {
                         detail::put(slot.view(k, c), towards_target * target[c] + along * value(k, c), slot.fresh);
                       }
                     });
                   });
  return y;
}

}  // namespace monet::autograd
