#pragma once

#include "monet/core/view.h"

#include <cstdint>

namespace monet::kernels {

/// Which elements a dropout drops: element (r, c) when dropout_bits(key, r, c) < threshold. Drawn from the place alone,
/// so any part can be computed by itself.
struct Dropout {
  std::uint64_t key = 0;
  std::uint32_t threshold = 0;  // rate · 2³²
  float scale = 1.0F;           // of those that stay: 1 / (1 - rate)

  static Dropout at(float rate, std::uint64_t key) noexcept;
};
std::uint32_t dropout_bits(std::uint64_t key, Index row, Index col) noexcept;

/// y = dropout(LeakyReLU(a + a_bias) + LeakyReLU(b + b_bias)) on rows of a layer.
struct LeakySumOperands {
  MatrixView<const float> a, b;  // [n, w]
  const float* a_bias;           // [w]
  const float* b_bias;           // [w]
  float slope;                   // of LeakyReLU below 0
  Dropout dropout;
  Index first_row = 0;             // which row of the layer the first is, for the dropout
  MatrixView<float> y;             // [n, w]
  MatrixView<std::uint8_t> signs;  // [n, w]: what the backward needs
};
void leaky_sum(const LeakySumOperands& operands) noexcept;

/// Gradients of both sums from ȳ, and the sums of their columns, which are added to a_sums and b_sums.
struct LeakySumBackwardOperands {
  MatrixView<const float> y_grad;        // [n, w]
  MatrixView<const std::uint8_t> signs;  // [n, w] as `leaky_sum` left them
  float slope;
  float scale;                       // Dropout::scale
  MatrixView<float> a_grad, b_grad;  // [n, w]
  float* a_sums;                     // [w]
  float* b_sums;                     // [w]
};
void leaky_sum_backward(const LeakySumBackwardOperands& operands) noexcept;

/// Plain float64 form of the forward, for tests.
void leaky_sum_reference(const LeakySumOperands& operands) noexcept;

}  // namespace monet::kernels
