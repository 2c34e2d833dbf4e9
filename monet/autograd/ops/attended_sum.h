#pragma once

#include "monet/autograd/tape.h"

#include <span>

namespace monet::autograd {

/// Row by row a weighted sum of matrices of one shape [n, c]: y_r = Σ_m a_rm x_m,r with a_r = softmax over m of
/// logits_m,r, each [n, 1] → [n, c]. Gradients: x̄_m,r = a_rm ȳ_r, logits̄_m,r = a_rm ȳ_r·(x_m,r - y_r). Throws
/// InvalidArgument for no terms or shapes that do not fit.
Var attended_sum(Tape& tape, std::span<const Var> terms, std::span<const Var> logits);

}  // namespace monet::autograd
