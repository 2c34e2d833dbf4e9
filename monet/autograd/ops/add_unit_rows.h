#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Rows of unit length added to the last rows of a table: y = x, y_{n-m+k} += h_k / max(‖h_k‖₂, ε), x [n, c], h [m, c]
/// → [n, c]. Gradients: x̄ = ȳ, h̄ as in normalize_rows. One pass each way. Throws InvalidArgument when the widths differ
/// or h has more rows than x.
Var add_unit_rows(Tape& tape, Var x, Var h, float epsilon = 1e-12F);

}  // namespace monet::autograd
