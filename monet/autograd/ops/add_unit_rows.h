#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Rows of unit length added to the rows of a table from `first` on: y = x, y_{first+k} += h_k / max(‖h_k‖₂, ε), x [n,
/// c], h [m, c] → [n, c]; rows of h past the end of x are left out. Gradients: x̄ = ȳ, h̄ as in normalize_rows, 0 for
/// what was left out. One pass each way. Throws InvalidArgument when the widths differ or first is outside [0, n].
Var add_unit_rows(Tape& tape, Var x, Var h, Index first, float epsilon = 1e-12F);

}  // namespace monet::autograd
