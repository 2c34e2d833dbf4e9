#pragma once

#include <cstdint>
#include <span>

namespace monet::features::detail {

/// Lays pixels of four bytes (red, green, blue, opacity) on white, as pages do: in sRGB values, not in light.
inline void lay_on_white(std::span<const std::uint8_t> rgba, std::span<std::uint8_t> rgb) {
  for (std::size_t pixel = 0; pixel < rgb.size() / 3; ++pixel) {
    const unsigned alpha = rgba[4 * pixel + 3];
    for (std::size_t c = 0; c < 3; ++c) {
      const unsigned mixed = rgba[4 * pixel + c] * alpha + 255U * (255U - alpha);
      rgb[3 * pixel + c] = static_cast<std::uint8_t>((mixed + 127U) / 255U);
    }
  }
}

}  // namespace monet::features::detail
