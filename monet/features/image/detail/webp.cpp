#include "monet/core/error.h"
#include "monet/features/image/detail/codecs.h"

#include <webp/decode.h>

namespace monet::features::detail {

namespace {
void lay_on_white(const std::vector<std::uint8_t>& rgba, std::vector<std::uint8_t>& rgb) {
  for (std::size_t pixel = 0; pixel < rgb.size() / 3; ++pixel) {
    const unsigned alpha = rgba[4 * pixel + 3];
    for (std::size_t c = 0; c < 3; ++c) {
      const unsigned mixed = rgba[4 * pixel + c] * alpha + 255U * (255U - alpha);
      rgb[3 * pixel + c] = static_cast<std::uint8_t>((mixed + 127U) / 255U);
    }
  }
}
}  // namespace

Image decode_webp(Bytes bytes, const DecodeLimits& limits) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  WebPBitstreamFeatures header;
  if (WebPGetFeatures(data, bytes.size(), &header) != VP8_STATUS_OK) fail<DataError>("damaged WebP: no valid header");
  if (header.has_animation != 0) fail<DataError>("an animated WebP; give a still picture");
  Image out = make_image(header.width, header.height, limits);
  std::vector<std::uint8_t> rgba(static_cast<std::size_t>(out.width * out.height * 4));
  const int stride = header.width * 4;
  if (WebPDecodeRGBAInto(data, bytes.size(), rgba.data(), rgba.size(), stride) == nullptr) {
    fail<DataError>("damaged WebP: damaged or cut off");
  }
  lay_on_white(rgba, out.rgb);
  return out;
}

}  // namespace monet::features::detail
