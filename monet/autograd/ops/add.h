#pragma once

#include "monet/autograd/tape.h"

#include <span>

namespace monet::autograd {

/// Σ x_k of matrices of one shape [n, c]; the gradient goes to each unchanged. One pass over each term.
/// Throws InvalidArgument for no terms or when the shapes differ.
Var add(Tape& tape, std::span<const Var> terms);
Var add(Tape& tape, Var a, Var b);

}  // namespace monet::autograd
