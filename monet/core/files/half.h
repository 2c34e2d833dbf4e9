#pragma once

#include <bit>
#include <cstdint>

namespace monet::files {

/// IEEE half precision, exactly; without branches, so that loops over it become vector code.
inline float half_to_float(std::uint16_t half) {
  const std::uint32_t magnitude = half & 0x7fffU;
  const std::uint32_t sign = (static_cast<std::uint32_t>(half) ^ magnitude) << 16;
  // Scaling by 2^112 moves the exponent from its bias of 15 to 127, and makes subnormals normal.
  const auto scaled = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude << 13) * 0x1.0p112F);
  const std::uint32_t special = 0x7f800000U | (magnitude << 13);  // infinity, NaN
  return std::bit_cast<float>(sign | (magnitude >= 0x7c00U ? special : scaled));
}

/// bfloat16, exactly.
inline float bfloat16_to_float(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace monet::files
