#pragma once

#include "monet/core/matrix.h"
#include "monet/features/image/image.h"

namespace monet::features {

/// The picture stretched to `width` × `height`: each new pixel is the mean of the area that it covers (where the
/// picture is smaller, that of the pixels it lies in). [height · width, 3], sRGB values in [0, 255]; row y · width + x.
/// Throws InvalidArgument for a size below 1.
Matrix<float> resize(const Image& image, Index width, Index height);

}  // namespace monet::features
