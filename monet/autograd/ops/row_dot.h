#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Row by row: y_r = a_r · b_r, a and b [n, c] → [n, 1]. Gradients: ā_r = ȳ_r b_r, b̄_r = ȳ_r a_r.
/// Throws InvalidArgument when the shapes differ.
Var row_dot(Tape& tape, Var a, Var b);

}  // namespace monet::autograd
