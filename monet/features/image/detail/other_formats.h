#pragma once

#include "monet/features/image/detail/codecs.h"

namespace monet::features::detail {

/// Throws a DataError that names what the bytes are instead of a PNG, JPEG or WebP, and the remedy: "a GIF; convert it
/// to PNG, JPEG or WebP", "an HTML page, not a picture; …".
[[noreturn]] void refuse_other(Bytes bytes);

}  // namespace monet::features::detail
