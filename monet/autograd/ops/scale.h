#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// factor · x, any shape. One pass. The factor carries no gradient.
Var scale(Tape& tape, Var x, float factor);

}  // namespace monet::autograd
