#pragma once

#include "monet/features/image/image.h"

#include <cstddef>
#include <span>

namespace monet::features {

/// What a picture may cost.
struct DecodeLimits {
  Index max_pixels = 64'000'000;  // refused before a pixel is decoded
};

/// A PNG, JPEG or WebP file, told by its first bytes and not by its name, as 8-bit sRGB: what a browser shows on a
/// white page. Colour profiles are applied, transparent parts show white, EXIF's orientation turns PNG and JPEG
/// (browsers do not turn WebP); of an animation the first picture is taken. A JPEG is decoded at a half, a quarter or
/// an eighth as long as both sides keep 512 pixels: that is where its time goes. Throws DataError, saying what is
/// wrong: not such a file, and which, damaged or cut off, more pixels than the limit, more passes than a sane
/// progressive JPEG has.
Image decode(std::span<const std::byte> bytes, const DecodeLimits& limits = {});

}  // namespace monet::features
