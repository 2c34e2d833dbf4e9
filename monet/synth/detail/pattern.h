#pragma once

#include "monet/core/rng.h"
#include "monet/synth/detail/canvas.h"

#include <cstddef>

namespace monet::synth::detail {

/// Draws the pattern of that number (catalogue.h) in `ink` over the whole sheet, within the canvas' clip. Its width and
/// where it begins are drawn from `rng`.
void draw_pattern(Canvas& canvas, std::size_t pattern, Colour ink, Rng& rng);

}  // namespace monet::synth::detail
