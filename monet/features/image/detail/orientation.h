#pragma once

#include "monet/features/image/image.h"

#include <cstddef>
#include <span>

namespace monet::features::detail {

/// The orientation tag (1 to 8) of EXIF data: a TIFF header with its first directory, "Exif\0\0" before it or not. 1,
/// upright, where there is none or the data is damaged. Reads nothing but that tag.
int exif_orientation(std::span<const std::byte> exif);

/// The picture as it is to be seen under an orientation: mirrored and turned.
Image oriented(Image image, int orientation);

}  // namespace monet::features::detail
