#include "monet/core/error.h"
#include "monet/features/image/detail/codecs.h"

#include <png.h>

#include <string>

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
}  // namespace

Image decode_png(Bytes bytes, const DecodeLimits& limits) {
  Handle handle;
  if (png_image_begin_read_from_memory(&handle.image, bytes.data(), bytes.size()) == 0) handle.refuse();
  Image out = make_image(handle.image.width, handle.image.height, limits);
  handle.image.format = PNG_FORMAT_RGB;
  const png_color white{255, 255, 255};
  if (png_image_finish_read(&handle.image, &white, out.rgb.data(), 0, nullptr) == 0) handle.refuse();
  return out;
}

}  // namespace monet::features::detail
