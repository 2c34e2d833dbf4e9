#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// tanh of each element of x, within 4 units of 2⁻²⁴. Gradient: x̄ = ȳ (1 - y²). One pass each way.
Var tanh(Tape& tape, Var x);

}  // namespace monet::autograd
