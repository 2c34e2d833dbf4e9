#pragma once

#include "monet/autograd/tape.h"
#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace monet::autograd {

/// The entry where a gradient and its finite difference disagree most, measured against that entry's tolerance.
struct GradientReport {
  bool ok = true;
  std::size_t leaf = 0;
  Index row = 0;
  Index col = 0;
  double analytic = 0.0;
  double numeric = 0.0;
  double tolerance = 0.0;
  std::string message;  // why not ok, or the worst entry when ok; one line
};

/// Builds a value of any shape from leaves on a tape. Must do the same each time it is called (an Rng inside starts
/// from a fixed seed).
using Build = std::function<Var(Tape& tape, std::span<const Var> leaves)>;

/// Compares the gradient of every leaf with finite differences, for the scalar Σ w ⊙ y, where y is what `build` returns
/// and w are fixed pseudo-random weights of either sign with 0.5 <= |w| < 1.5 (so every entry of y counts, and none
/// cancels).
///
/// The derivative is estimated by the five-point central difference
///   f' ≈ [8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))] / 12h,
/// whose truncation error is h⁴ f⁽⁵⁾ / 30 and whose rounding error is at most 1.5 κ ε |f| / h with ε = 2⁻²³ for a
/// float32 tape and κ the roundings in a row. They balance at h ~ ε^(1/5) ≈ 0.04, where both are ~ ε^(4/5) ≈ 3·10⁻⁶.
/// Entries of y that a leaf does not touch cancel exactly, as the sum over y is taken in float64; |f| is therefore the
/// sum over the entries that moved. Tolerance: 16 ε^(4/5) (Σ_moved |w y| + largest |gradient| of the leaf); leaves
/// should be of order one and at least 0.1 away from kinks.
///
/// A leaf all of whose gradients lie within the tolerance proves nothing, and is reported as a failure. Leaves are laid
/// out with a stride larger than their width; writing beside a gradient is a failure too. Cost: four forward passes for
/// each element of each leaf.
/// `step_share`: see compare_with_differences.
GradientReport check_gradients(ThreadPool& pool, std::span<const Matrix<float>> leaves, const Build& build,
                               double step_share = 1.0);

/// A trainable matrix in place, with the gradient to be judged.
struct CheckedLeaf {
  MatrixView<float> value;
  MatrixView<const float> gradient;
};

/// The comparison itself, for gradients that came from elsewhere (a whole model): `terms` computes the addends of a
/// scalar at the current values, which are changed and put back. `step_share` multiplies the step, for functions that
/// bend within less than order one (a row normalised near zero): a half costs twice the rounding and a sixteenth of the
/// truncation. The tolerance stays as it is.
GradientReport compare_with_differences(std::span<const CheckedLeaf> leaves,
                                        const std::function<std::vector<double>()>& terms, double step_share = 1.0);

}  // namespace monet::autograd
