#pragma once

#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Sparse times dense: y = A x with A [R, C] given by a pattern and its values [nnz, 1], x [C, d] → [R, d].
/// Gradients: x̄ = Aᵀ ȳ (over the transposed pattern), value̅_k = ȳ_r · x_c for entry k = (r, c). 2 nnz d operations
/// each. Throws InvalidArgument when the shapes do not fit.
Var spmm(Tape& tape, const PatternPtr& pattern, Var values, Var x);

/// Sampled dense–dense product: for each entry k = (r, c) of the pattern [R, C], y_k = a_r · b_c; a [R, d], b [C, d] →
/// [nnz, 1]. Gradients: ā_r = Σ ȳ_k b_c over row r, b̄_c = Σ ȳ_k a_r over column c. 2 nnz d operations each.
/// Throws InvalidArgument when the shapes do not fit.
Var sampled_dot(Tape& tape, const PatternPtr& pattern, Var a, Var b);

}  // namespace monet::autograd
