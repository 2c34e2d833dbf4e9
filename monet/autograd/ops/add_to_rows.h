#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Rows added to those of a table from `first` on: y = x, y_{first+k} += h_k, x [n, c], h [m, c] → [n, c]; rows of h
/// past the end of x are left out. Gradients: x̄ = ȳ, h̄ = the rows of ȳ from `first` on, 0 for what was left out. One
/// pass each way. Throws InvalidArgument when the widths differ or first is outside [0, n].
Var add_to_rows(Tape& tape, Var x, Var h, Index first);

}  // namespace monet::autograd
