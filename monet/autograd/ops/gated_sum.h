#pragma once

#include "monet/autograd/tape.h"

#include <span>

namespace monet::autograd {

/// Values and the logits of their gates, one shape [n, c]; and what the open gates are multiplied by (dropout), a
/// constant of that shape that must live as long as the tape is used, or empty.
struct GatedTerm {
  Var value;
  Var logits;
  MatrixView<const float> mask;
};

/// y = factor · (base + Σ_m μ_m ⊙ σ(z_m) ⊙ (x_m - base)), base [n, c] or not valid for 0, σ the logistic function.
/// Gradients, with s = μ σ(z): x̄_m = factor s_m ȳ, z̄_m = factor s_m (1 - σ(z_m)) (x_m - base) ȳ, base̅ = factor (1 - Σ
/// s_m) ȳ. Throws InvalidArgument for no terms or when the shapes differ.
Var gated_sum(Tape& tape, std::span<const GatedTerm> terms, Var base, float factor);

}  // namespace monet::autograd
