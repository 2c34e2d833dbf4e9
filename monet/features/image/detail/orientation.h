#pragma once

#include "monet/features/image/image.h"

#include <cstddef>
#include <span>

namespace monet::features::detail {

/// The orientation tag (1 to 8) of EXIF data, from its TIFF header on: of the first directory, one number of 16 bits.
/// 1, upright, where there is none or the data is damaged. Reads nothing but that tag.
int exif_orientation(std::span<const std::byte> exif);

/// The picture as it is to be seen under an orientation: mirrored and turned.
Image oriented(Image image, int orientation);

}  // namespace monet::features::detail
