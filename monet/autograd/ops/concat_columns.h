#pragma once

#include "monet/autograd/tape.h"

#include <span>

namespace monet::autograd {

/// [a ‖ b ‖ …]: matrices [n, c_k] side by side → [n, Σ c_k]. The gradient is cut up the same way. One pass of copying.
/// Throws InvalidArgument for no parts or when the row counts differ.
Var concat_columns(Tape& tape, std::span<const Var> parts);

/// Columns [first, first + count) of x [n, c] → [n, count]: the inverse of concat_columns. One pass of copying.
/// Throws InvalidArgument for columns that are not there.
Var slice_columns(Tape& tape, Var x, Index first, Index count);

}  // namespace monet::autograd
