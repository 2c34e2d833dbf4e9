#pragma once

#include "monet/autograd/tape.h"
#include "monet/core/rng.h"

namespace monet::autograd {

/// Each element becomes 0 with probability `rate`, the others are multiplied by 1 / (1 - rate); the gradient likewise.
/// Draws one number per element in row order, so the result does not depend on threads. Rate 0 draws nothing and
/// returns x. Evaluation mode is the caller's: do not call it. Throws InvalidArgument for a rate outside [0, 1).
Var dropout(Tape& tape, Var x, float rate, Rng& rng);

}  // namespace monet::autograd
