#pragma once

#include "monet/core/view.h"

namespace monet::kernels {

/// x_k = w_k e^(factor · x_k + shift) in place, w_k = 1 where `weights` is null; returns Σ x_k. Exponents below -87
/// give about e^-87, not 0. Each value within 4 units of 2⁻²⁴ relative of that of the rounded exponent; the sum is of
/// sixteen partial sums.
float weighted_exponentials(float* x, Index count, float factor, float shift, const float* weights) noexcept;

}  // namespace monet::kernels
