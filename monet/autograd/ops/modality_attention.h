#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// An attention network over modalities: weight, bias and vector.
struct ModalityAttentionVars {
  Var weight;  // W [a, d]
  Var bias;    // b [1, a]
  Var vector;  // w [1, a]
};

/// Scores of pairs by attention over modalities. Row k of `users` and `items` [n, M·d] holds p^m and q^m side by side;
/// with h^m = p^m ⊙ q^m, y_k = Σ_m a_m r_m, r_m = Σ_c h^m_c, a = softmax_m(wᵀ tanh(W h^m + b)) → [n, 1].
/// Gradients, with t_m the tanh: h̄^m = ȳ a_m (1 + (r_m - y) Wᵀ (w ⊙ (1 - t_m²))), and from there to p, q, W, b and w.
/// 2 n M d a operations forward, twice as many backward. Throws InvalidArgument when the shapes do not fit.
Var modality_attention(Tape& tape, Var users, Var items, const ModalityAttentionVars& attention);

}  // namespace monet::autograd
