#pragma once

#include "monet/core/view.h"

#include <bit>
#include <cstdint>

namespace monet::kernels {

/// bfloat16 as stored: the upper half of a float32.
using BFloat16 = std::uint16_t;

/// Exact; a float32 is what it is, for code that is written for either.
inline float to_float32(float x) noexcept {
  return x;
}
inline float to_float32(BFloat16 x) noexcept {
  return std::bit_cast<float>(static_cast<std::uint32_t>(x) << 16);
}
void to_float32(MatrixView<const BFloat16> source, MatrixView<float> target) noexcept;

/// Rounds to nearest even; a NaN stays one. Shapes must agree.
void to_bfloat16(MatrixView<const float> source, MatrixView<BFloat16> target) noexcept;

}  // namespace monet::kernels
