#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// [a ; b]: a [n, c] on top of b [m, c] → [n + m, c]. The gradient is cut up the same way. One pass of copying.
/// Throws InvalidArgument when the widths differ.
Var concat_rows(Tape& tape, Var a, Var b);

}  // namespace monet::autograd
