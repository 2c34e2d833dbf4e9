#pragma once

#include "monet/features/image/image.h"

#include <span>

namespace monet::features {

/// Numbers in a picture's description: a colour histogram of 4 × 5 × 5 bins (CIE L*a*b*) for the picture and each of
/// its quarters, and gradient directions in 8 bins for the picture, its quarters and its sixteenths.
inline constexpr Index kDescriptorWidth = 5 * 100 + 21 * 8;

/// Describes a picture, stretched to 128 × 128, by its colours and the directions of its edges, each over a spatial
/// pyramid (Lazebnik, Schmid and Ponce, 2006; directions: Dalal and Triggs, 2005). A pixel is shared out between
/// neighbouring bins, so a small change of the picture changes little. Each histogram is divided by its sum and rooted
/// (Hellinger's kernel), each level of a pyramid gets the same length (a cell without edges has none), and the whole
/// row the length 1. `row` has `kDescriptorWidth` entries.
void describe(const Image& image, std::span<float> row);

}  // namespace monet::features
