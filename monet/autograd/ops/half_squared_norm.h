#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// factor · ½ Σ x² over all elements of x → [1, 1]: the squared-norm regulariser (the last part of MONET Eq. 7 with
/// factor λ / B on gathered rows). Gradient: factor · ȳ · x. Summed in float64.
Var half_squared_norm(Tape& tape, Var x, float factor);

}  // namespace monet::autograd
