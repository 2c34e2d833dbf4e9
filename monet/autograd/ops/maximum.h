#pragma once

#include "monet/autograd/tape.h"

#include <span>

namespace monet::autograd {

/// Element by element the largest of several values of one shape (edge values of several modalities, say). The gradient
/// goes to the operand that is largest, the first of them on a tie. One pass over each.
/// Throws InvalidArgument for no operands or when the shapes differ.
Var maximum(Tape& tape, std::span<const Var> operands);

}  // namespace monet::autograd
