#pragma once

#include "monet/features/image/decode.h"

#include <span>

namespace monet::features::detail {

using Bytes = std::span<const std::byte>;

// One per library. Each throws DataError and checks the limit before it decodes.
Image decode_png(Bytes bytes, const DecodeLimits& limits);
Image decode_jpeg(Bytes bytes, const DecodeLimits& limits);
Image decode_webp(Bytes bytes, const DecodeLimits& limits);

/// A black picture of that size. Throws DataError for no pixel, or more than the limit.
Image make_image(Index width, Index height, const DecodeLimits& limits);

}  // namespace monet::features::detail
