#include "monet/core/error.h"
#include "monet/features/image/detail/codecs.h"
#include "monet/features/image/detail/colour_profile.h"
#include "monet/features/image/detail/orientation.h"
#include "monet/features/image/detail/transparency.h"

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace monet::features::detail {

namespace {
/// libpng's own handle, freed on every way out.
struct Handle {
  png_image image{};
  Handle() { image.version = PNG_IMAGE_VERSION; }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { png_image_free(&image); }
  [[noreturn]] void refuse() const { fail<DataError>("damaged PNG: {}", image.message); }
};

/// The content of the first chunk of this name, empty where there is none. libpng's simple interface keeps them back.
Bytes chunk_of(Bytes png, std::string_view name) {
  constexpr std::size_t kSignature = 8;
  constexpr std::size_t kFrame = 12;  // length, name, checksum
  for (std::size_t at = kSignature; at + kFrame <= png.size();) {
    std::size_t length = 0;
    for (std::size_t k = 0; k < 4; ++k) length = length << 8U | std::to_integer<std::size_t>(png[at + k]);
    if (length > png.size() - at - kFrame) return {};
    if (std::memcmp(png.data() + at + 4, name.data(), 4) == 0) return png.subspan(at + 8, length);
    at += length + kFrame;
  }
  return {};
}

/// The profile of an iCCP chunk: a name, a zero, the method 0, then zlib's bytes. Empty when that is not so.
std::vector<std::byte> profile_of(Bytes chunk) {
  constexpr std::size_t kLargest = std::size_t{4} << 20;
  const auto zero = std::find(chunk.begin(), chunk.end(), std::byte{0});
  if (chunk.end() - zero < 3 || zero[1] != std::byte{0}) return {};
  const Bytes packed = chunk.subspan(static_cast<std::size_t>(zero - chunk.begin()) + 2);
  std::vector<std::byte> profile(kLargest);
  uLongf size = profile.size();
  const int result = uncompress(reinterpret_cast<Bytef*>(profile.data()), &size,
                                reinterpret_cast<const Bytef*>(packed.data()), static_cast<uLong>(packed.size()));
  profile.resize(result == Z_OK ? size : 0);
  return profile;
}
}  // namespace

Image decode_png(Bytes bytes, const DecodeLimits& limits) {
  Handle handle;
  if (png_image_begin_read_from_memory(&handle.image, bytes.data(), bytes.size()) == 0) handle.refuse();
  Image out = make_image(handle.image.width, handle.image.height, limits);
  const bool transparent = (handle.image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  handle.image.format = transparent ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  handle.image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // else libpng takes 16-bit pictures without gamma for linear
  std::vector<std::uint8_t> rgba(transparent ? out.rgb.size() / 3 * 4 : 0);
  std::vector<std::uint8_t>& pixels = transparent ? rgba : out.rgb;
  if (png_image_finish_read(&handle.image, nullptr, pixels.data(), 0, nullptr) == 0) handle.refuse();
  if (const Bytes chunk = chunk_of(bytes, "iCCP"); !chunk.empty()) {
    convert_to_srgb(profile_of(chunk), pixels, transparent ? 4 : 3);
  }
  if (transparent) lay_on_white(rgba, out.rgb);
  return oriented(std::move(out), exif_orientation(chunk_of(bytes, "eXIf")));
}

}  // namespace monet::features::detail
