#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// A linear layer: y = x Wᵀ + b.
///
/// x [n, in], weight W [out, in], bias b [1, out] or not valid for none → y [n, out]. Gradients: x̄ = ȳ W, W̄ = ȳᵀ x,
/// b̄ = column sums of ȳ. 2 n in out operations forward, the same for each of x̄ and W̄.
/// Throws InvalidArgument when the shapes do not fit.
Var linear(Tape& tape, Var x, Var weight, Var bias);

}  // namespace monet::autograd
