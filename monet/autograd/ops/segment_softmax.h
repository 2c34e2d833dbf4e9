#pragma once

#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Softmax of the values of each row of a sparse matrix: y_k = exp(v_k) / Σ_{j in row} exp(v_j), [nnz, 1] → [nnz, 1];
/// `values` in the order of `pattern->csr`. Largest value of the row subtracted first; empty rows have nothing.
/// Gradient: v̄_k = y_k (ȳ_k - Σ_{j in row} y_j ȳ_j). O(nnz). Throws InvalidArgument when the values do not fit the
/// pattern.
Var segment_softmax(Tape& tape, const PatternPtr& pattern, Var values);

}  // namespace monet::autograd
