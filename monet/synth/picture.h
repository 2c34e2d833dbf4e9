#pragma once

#include "monet/synth/catalogue.h"

#include <cstdint>
#include <string>
#include <vector>

namespace monet::synth {

/// A picture of an item: [size × size × 3] bytes, red, green, blue, row by row. It shows category, colour and pattern;
/// shade, size, angle, side and background are drawn from the seed and the item's number, which say nothing. `size` >=
/// 8. 2 ms at 96 pixels, as a PNG file.
std::vector<std::uint8_t> draw_picture(const Attributes& attributes, std::uint64_t seed, std::size_t item, int size);

/// The bytes of a PNG file of `pixels` as `draw_picture` gives them. Throws InternalError if libpng refuses.
std::string encode_png(const std::vector<std::uint8_t>& pixels, int size);

}  // namespace monet::synth
