#include "monet/core/error.h"
#include "monet/synth/picture.h"

#include <png.h>

namespace monet::synth {

std::string encode_png(const std::vector<std::uint8_t>& pixels, int size) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(size);
  image.height = static_cast<png_uint_32>(size);
  image.format = PNG_FORMAT_RGB;
  std::string file;
  png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
  file.resize(bytes);
  if (png_image_write_to_memory(&image, file.data(), &bytes, 0, pixels.data(), 0, nullptr) == 0) {
    fail<InternalError>("[synth] libpng: {}", image.message);
  }
  file.resize(bytes);
  return file;
}

}  // namespace monet::synth
