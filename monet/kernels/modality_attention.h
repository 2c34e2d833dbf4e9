#pragma once

#include "monet/core/view.h"

namespace monet::kernels {

// Attention over modalities, pair by pair: a score is Σ_m a_m r_m with a = softmax of wᵀ tanh(x_m + b).

/// x = tanh(x) in place, element by element, as 1 - 2 / (e^2x + 1): within 4 units of 2⁻²⁴ absolute, whatever x.
void tanh_in_place(MatrixView<float> x) noexcept;

/// logits[c] = Σ_j weight[j] tanh(x(j, c) + bias[j]) for x [a, T]: columns are pairs. The columns of `x` up to the next
/// multiple of kTileColumns (rank_tile.h) are read and must be finite; `logits` has room for as many. tanh as above.
void tanh_logits(MatrixView<const float> x, const float* bias, const float* weight, float* logits) noexcept;

/// scores[c] = Σ_m softmax_m(logits(·, c)) values(m, c) for both [M, T], the largest logit subtracted first. Columns as
/// in tanh_logits, those of `scores` too.
void softmax_mix(MatrixView<const float> logits, MatrixView<const float> values, float* scores) noexcept;

}  // namespace monet::kernels
