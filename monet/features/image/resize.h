#pragma once

#include "monet/core/matrix.h"
#include "monet/features/image/image.h"

namespace monet::features {

/// What a new pixel is made of, on each axis.
enum class Filter {
  area,      // the mean of what it covers; where the picture is smaller, of the pixels it lies in
  bilinear,  // a triangle around its centre that ends one pixel away: of the picture's pixels where that is enlarged,
             // of the new ones where it is shrunk, so that all of it counts; as PIL's BILINEAR, but for PIL's rounding
};

/// The picture stretched to `width` × `height`: [height · width, 3], sRGB values in [0, 255]; row y · width + x.
/// Throws InvalidArgument for a size below 1. Cost: every pixel of the picture once (bilinear: twice).
Matrix<float> resize(const Image& image, Index width, Index height, Filter filter);

}  // namespace monet::features
