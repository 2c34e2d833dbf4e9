#pragma once

#include "monet/core/view.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace monet::features {

/// A picture: 8-bit sRGB, three bytes per pixel, rows from the top.
struct Image {
  Index width = 0;
  Index height = 0;
  std::vector<std::uint8_t> rgb;  // height · width · 3

  const std::uint8_t* pixel(Index x, Index y) const {
    return rgb.data() + static_cast<std::size_t>((y * width + x) * 3);
  }
};

}  // namespace monet::features
