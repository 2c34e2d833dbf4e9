#pragma once

#include "monet/autograd/tape.h"

#include <span>

namespace monet::autograd {

/// InfoNCE within a batch of B rows, of which each different one is given once, with how often it occurs: a and c [n,
/// d], whole counts w [n] ≥ 1, B = Σ w, hats for rows divided by max(‖·‖₂, 1e-12) →
///
///   (1/B) Σ_r w_r [ ln Σ_k w_k exp(â_r·ĉ_k / τ) - â_r·ĉ_r / τ ]   [1, 1]
///
/// as it is of all B rows, repeated ones among each other's negatives. Gradients run through a and c. It is the softmax
/// loss (softmax_loss.h) of unit rows: 6 n² d operations, 2 n² d without a gradient. Throws InvalidArgument for shapes
/// that do not fit, no rows, or τ < 0.05.
Var contrast(Tape& tape, Var a, Var c, std::span<const float> counts, float temperature);

}  // namespace monet::autograd
