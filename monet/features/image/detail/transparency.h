#pragma once

#include <cstdint>
#include <span>

namespace monet::features::detail {

/// Lays pixels of four bytes (red, green, blue, opacity) on white, as pages do: in sRGB values, not in light.
inline void lay_on_white(std::span<const std::uint8_t> rgba, std::span<std::uint8_t> rgb) {
  const std::uint8_t* from = rgba.data();
  std::uint8_t* to = rgb.data();
  for (std::size_t pixel = rgb.size() / 3; pixel > 0; --pixel, from += 4, to += 3) {
    const unsigned alpha = from[3];
    const unsigned white = 255U * (255U - alpha) + 128U;
    for (std::size_t c = 0; c < 3; ++c) {
      const unsigned mixed = from[c] * alpha + white;
      to[c] = static_cast<std::uint8_t>((mixed + (mixed >> 8U)) >> 8U);  // divided by 255, rounded
    }
  }
}

}  // namespace monet::features::detail
