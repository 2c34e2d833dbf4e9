#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// y = softmax(z) ⊙ x, z and x [n, c], the softmax over the columns of each row. Gradients, with p the softmax and g =
/// ȳ ⊙ x: x̄ = ȳ ⊙ p, z̄ = p ⊙ (g - p·g). Throws InvalidArgument when the shapes differ.
Var softmax_scaled(Tape& tape, Var z, Var x);

}  // namespace monet::autograd
