#include "monet/autograd/ops/contrast.h"

#include "monet/autograd/ops/detail/parallel_gemm.h"
#include "monet/autograd/ops/detail/support.h"
#include "monet/core/error.h"
#include "monet/kernels/exponentials.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::autograd {

using kernels::Transpose;

namespace {

constexpr Index kTileRows = 256;
constexpr float kNormAtLeast = 1e-12F;

void unit_rows(Tape& tape, MatrixView<const float> x, MatrixView<float> unit, std::vector<float>& inverse) {
  inverse.resize(static_cast<std::size_t>(x.rows));
  detail::for_rows(tape, x.rows, 2 * x.cols, [&](Index r) {
    const float norm = std::sqrt(detail::dot(x.row(r), x.row(r), x.cols));
    const float by = 1.0F / std::max(norm, kNormAtLeast);
    inverse[static_cast<std::size_t>(r)] = by;
    for (Index k = 0; k < x.cols; ++k) unit(r, k) = by * x(r, k);
  });
}

/// What a gradient of unit rows is of the rows they were made of, times the seed.
void give_through_norm(Tape& t, Var target, MatrixView<const float> unit, const std::vector<float>& inverse,
                       MatrixView<const float> slope, float seed) {
  if (!t.needs_grad(target)) return;
  const auto slot = t.contribute(target);
  detail::for_rows(t, unit.rows, 3 * unit.cols, [&](Index r) {
    const float along = detail::dot(unit.row(r), slope.row(r), unit.cols);
    const float by = seed * inverse[static_cast<std::size_t>(r)];
    for (Index k = 0; k < unit.cols; ++k) {
      detail::put(slot.view(r, k), by * (slope(r, k) - along * unit(r, k)), slot.fresh);
    }
  });
}

}  // namespace

Var contrast(Tape& tape, Var a, Var c, std::span<const float> counts, float temperature) {
  detail::require_same_shape(tape, "contrast", a, c);
  const Index n = tape.rows(a);
  const Index d = tape.cols(a);
  if (n == 0 || static_cast<Index>(counts.size()) != n) {
    fail<InvalidArgument>("[contrast] {} rows with {} counts", n, counts.size());
  }
  if (!(temperature >= 0.05F))
    fail<InvalidArgument>("[contrast] a temperature of {}, expected 0.05 or more", temperature);
  const Var a_unit = tape.make(n, d, {});
  const Var c_unit = tape.make(n, d, {});
  const Var a_slope = tape.make(n, d, {});
  const Var c_slope = tape.make(n, d, {});
  const Var y = tape.make(1, 1, {a, c});
  std::vector<float> a_inverse, c_inverse;
  unit_rows(tape, tape.value(a), tape.mutable_value(a_unit), a_inverse);
  unit_rows(tape, tape.value(c), tape.mutable_value(c_unit), c_inverse);
  const auto from = tape.value(a_unit);
  const auto to = tape.value(c_unit);

  double total = 0.0;
  for (const float w : counts) total += static_cast<double>(w);
  const float by = 1.0F / temperature;
  double sum = 0.0;
  auto tile_memory = tape.scratch(std::min(n, kTileRows), n);
  std::vector<float> own(static_cast<std::size_t>(kTileRows)), sums(own.size());
  for (Index first = 0; first < n; first += kTileRows) {
    const Index rows = std::min(kTileRows, n - first);
    const MatrixView<float> tile(tile_memory.view().data, rows, n);
    detail::parallel_gemm(tape.pool(), Transpose::no, Transpose::yes, from.row_range(first, rows), to, false, tile);
    detail::for_rows(tape, rows, 8 * n, [&](Index r) {
      const auto at = static_cast<std::size_t>(r);
      own[at] = tile(r, first + r);
      // Cosines are at most 1: nothing overflows.
      sums[at] = kernels::weighted_exponentials(tile.row(r), n, by, -by, counts.data());
      if (!tape.needs_grad(y)) return;
      // Slope by the cosine: w_r (p_rk - [r = k]) / (B τ).
      const float scale = counts[static_cast<std::size_t>(first + r)] * by / static_cast<float>(total);
      for (Index k = 0; k < n; ++k) tile(r, k) *= scale / sums[at];
      tile(r, first + r) -= scale;
    });
    for (Index r = 0; r < rows; ++r) {
      const auto at = static_cast<std::size_t>(r);
      const double logarithm = std::log(static_cast<double>(sums[at])) + static_cast<double>(by);
      sum += static_cast<double>(counts[static_cast<std::size_t>(first + r)]) *
             (logarithm - static_cast<double>(by) * static_cast<double>(own[at]));
    }
    if (!tape.needs_grad(y)) continue;
    detail::parallel_gemm(tape.pool(), Transpose::no, Transpose::no, tile, to, false,
                          tape.mutable_value(a_slope).row_range(first, rows));
    detail::parallel_gemm(tape.pool(), Transpose::yes, Transpose::no, tile, from.row_range(first, rows), first > 0,
                          tape.mutable_value(c_slope));
  }
  tape.mutable_value(y)(0, 0) = static_cast<float>(sum / total);

  tape.on_backward(y, [=, a_inverse = std::move(a_inverse), c_inverse = std::move(c_inverse)](Tape& t) {
    if (!t.has_grad(y)) return;
    const float seed = t.grad(y)(0, 0);
    give_through_norm(t, a, t.value(a_unit), a_inverse, t.value(a_slope), seed);
    give_through_norm(t, c, t.value(c_unit), c_inverse, t.value(c_slope), seed);
  });
  return y;
}

}  // namespace monet::autograd
