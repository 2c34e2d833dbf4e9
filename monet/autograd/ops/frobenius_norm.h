#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// factor · √(Σ x²) over all elements of x → [1, 1] (the un-squared regulariser of MMRec's models). Gradient: factor ·
/// ȳ · x / ‖x‖, zero where x is all zero. Summed in float64.
Var frobenius_norm(Tape& tape, Var x, float factor);

}  // namespace monet::autograd
