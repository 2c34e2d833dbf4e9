#pragma once

#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"

namespace monet::autograd {

enum class DegreeNormalization {
  row,        // w_rc / D_r
  symmetric,  // w_rc / sqrt(D_r D_c), square patterns only
};

/// Divides the values of a sparse matrix by the degrees D_r = Σ_c w_rc, the sums of its *rows* (also where the matrix
/// is not symmetric); a degree that is not positive counts as infinite, so its entries become 0 and carry no gradient.
/// The gradient runs through the degrees too. [nnz, 1] → [nnz, 1], O(nnz). Throws InvalidArgument when the values do
/// not fit, or for `symmetric` on a pattern that is not square.
Var degree_normalize(Tape& tape, const PatternPtr& pattern, Var values, DegreeNormalization kind);

}  // namespace monet::autograd
