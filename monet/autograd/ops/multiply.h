#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Element by element: a ⊙ b, one shape. Gradients: ā = ȳ ⊙ b, b̄ = ȳ ⊙ a. One pass each.
/// Throws InvalidArgument when the shapes differ.
Var multiply(Tape& tape, Var a, Var b);

}  // namespace monet::autograd
