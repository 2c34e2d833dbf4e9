#pragma once

#include "monet/autograd/tape.h"

#include <span>
#include <vector>

namespace monet::autograd {

/// Σ_k w_k x_k with w = softmax(weights): terms of one shape [n, c], weights [1, number of terms] (MONET's weighted_sum
/// fusion, paper §4.1). Gradients: x̄_k = w_k ȳ; with d_k = Σ ȳ ⊙ x_k, weights̄_k = w_k (d_k - Σ_j w_j d_j).
/// One pass over each term forward, two backward. Throws InvalidArgument for no terms or shapes that do not fit.
Var weighted_sum(Tape& tape, std::span<const Var> terms, Var weights);

/// softmax of a [1, n] row, in float64: what `weighted_sum` weighs by.
std::vector<double> softmax(MatrixView<const float> weights);

}  // namespace monet::autograd
