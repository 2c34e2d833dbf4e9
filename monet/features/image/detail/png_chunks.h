#pragma once

#include "monet/features/image/detail/codecs.h"
#include "monet/features/image/detail/colour_profile.h"

#include <optional>
#include <string_view>
#include <vector>

// What a PNG says beside its pixels. The chunks are read here and not by libpng, which has no cICP and no animations.
namespace monet::features::detail {

struct PngChunk {
  std::string_view name;
  Bytes content;
  Bytes whole;  // with length, name and checksum
};

/// All chunks in their order, up to one that is cut off.
std::vector<PngChunk> png_chunks(Bytes png);

/// The content of the first chunk of this name with a good checksum that stands before the pixels (IDAT); else empty.
Bytes content_of(std::span<const PngChunk> chunks, std::string_view name);

/// The meaning of the numbers, in the order of browsers: cICP (of sRGB's, BT.2020's and P3's colours, without HDR),
/// iCCP, sRGB, gAMA with cHRM, gAMA alone. A damaged one counts as missing.
ColourProfile png_colours(std::span<const PngChunk> chunks);

/// The first picture of an animation that has another one for programs without animations: what browsers show.
struct PngFrame {
  std::vector<std::byte> png;
  Index left;
  Index top;
};
/// Nothing where the picture itself is the first, or there is no sound animation.
std::optional<PngFrame> first_frame(std::span<const PngChunk> chunks);

}  // namespace monet::features::detail
