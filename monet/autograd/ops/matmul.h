#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// y = x W: x [n, k], w [k, m] → [n, m]. Gradients: x̄ = ȳ Wᵀ, W̄ = xᵀ ȳ. 2 n k m operations forward, the same for each
/// gradient. Throws InvalidArgument when the inner sizes differ.
Var matmul(Tape& tape, Var x, Var w);

}  // namespace monet::autograd
