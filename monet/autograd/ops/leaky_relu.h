#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// x where x > 0, slope · x elsewhere (the derivative at 0 is the slope). Any shape, one pass.
Var leaky_relu(Tape& tape, Var x, float slope = 0.01F);

}  // namespace monet::autograd
