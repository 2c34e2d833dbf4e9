#pragma once

#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"

namespace monet::autograd {

/// The values of a sparse matrix in the order of its transpose: y_k = values[permutation[k]], [nnz, 1] → [nnz, 1].
/// Throws InvalidArgument when the values do not fit the pattern.
Var transpose_values(Tape& tape, const PatternPtr& pattern, Var values);

/// The values of part `part` placed in the union, zero elsewhere: [nnz of the part, 1] → [nnz of the union, 1].
/// Throws InvalidArgument for a part that is not there or values that do not fit it.
Var spread_values(Tape& tape, const PatternUnion& united, std::size_t part, Var values);

}  // namespace monet::autograd
