#include "monet/features/image/decode.h"

#include "monet/core/error.h"
#include "monet/features/image/detail/codecs.h"
#include "monet/features/image/detail/other_formats.h"

#include <algorithm>
#include <string_view>

namespace monet::features {

namespace {
bool begins(detail::Bytes bytes, std::string_view magic, std::size_t at = 0) {
  return bytes.size() >= at + magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char c, std::byte b) { return static_cast<std::byte>(c) == b; });
}
}  // namespace

Image detail::make_image(Index width, Index height, const DecodeLimits& limits) {
  if (width < 1 || height < 1) fail<DataError>("no pixels ({} x {})", width, height);
  if (width > limits.max_pixels / height) {
    fail<DataError>("{} x {} pixels, more than the limit of {}", width, height, limits.max_pixels);
  }
  Image image{width, height, {}};
  image.rgb.resize(static_cast<std::size_t>(width * height * 3));
  return image;
}

Image decode(std::span<const std::byte> bytes, const DecodeLimits& limits) {
  if (begins(bytes, "\x89PNG\r\n\x1a\n")) return detail::decode_png(bytes, limits);
  if (begins(bytes, "\xff\xd8\xff")) return detail::decode_jpeg(bytes, limits);
  if (begins(bytes, "RIFF") && begins(bytes, "WEBP", 8)) return detail::decode_webp(bytes, limits);
  detail::refuse_other(bytes);
}

}  // namespace monet::features
