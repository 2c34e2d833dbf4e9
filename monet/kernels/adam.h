#pragma once

#include "monet/core/view.h"

#include <cstdint>
#include <span>

namespace monet::kernels {

/// Constants of one Adam step (Kingma and Ba, 2015): at step t >= 1 with learning rate lr,
///   m ← β₁ m + (1−β₁) g,  v ← β₂ v + (1−β₂) g²,  θ ← θ − lr · (m / (1−β₁ᵗ)) / (√(v / (1−β₂ᵗ)) + ε).
struct AdamStep {
  float beta1, beta2, epsilon;
  float rest1, rest2;       // 1 − β rounded once: 1 − float(0.999) is off by 5e-5
  float step_size;          // lr / (1 − β₁ᵗ)
  float inverse_root_bias;  // 1 / √(1 − β₂ᵗ)

  static AdamStep at(std::int64_t t, double learning_rate, double beta1 = 0.9, double beta2 = 0.999,
                     double epsilon = 1e-8) noexcept;
};

/// Updates parameters and moments in place; all spans have the same length. Streams 28 bytes an entry.
void adam(const AdamStep& step, std::span<const float> gradient, std::span<float> first_moment,
          std::span<float> second_moment, std::span<float> parameters) noexcept;

/// Plain float64 arithmetic on the same arrays, for tests.
void adam_reference(const AdamStep& step, std::span<const float> gradient, std::span<float> first_moment,
                    std::span<float> second_moment, std::span<float> parameters) noexcept;

}  // namespace monet::kernels
