#include "tests/features/pictures.h"

#include <webp/encode.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

// After <cstdio>, which it needs.
#include <jpeglib.h>
#include <png.h>

namespace monet::test {

namespace {
Bytes copy_of(const void* data, std::size_t size) {
  const auto* begin = static_cast<const std::byte*>(data);
  return {begin, begin + size};
}
}  // namespace

features::Image gradient(Index width, Index height) {
  features::Image image{width, height, {}};
  for (Index y = 0; y < height; ++y) {
    for (Index x = 0; x < width; ++x) {
      image.rgb.push_back(static_cast<std::uint8_t>(255 * x / std::max<Index>(width - 1, 1)));
      image.rgb.push_back(static_cast<std::uint8_t>(255 * y / std::max<Index>(height - 1, 1)));
      image.rgb.push_back(100);
    }
  }
  return image;
}

Bytes encode_png(const void* pixels, Index width, Index height, std::uint32_t format) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = format;
  png_alloc_size_t size = 0;
  if (png_image_write_to_memory(&image, nullptr, &size, 0, pixels, 0, nullptr) == 0) {
    throw std::runtime_error(image.message);
  }
  Bytes out(size);
  if (png_image_write_to_memory(&image, out.data(), &size, 0, pixels, 0, nullptr) == 0) {
    throw std::runtime_error(image.message);
  }
  return out;
}

Bytes encode_png(const features::Image& image) {
  return encode_png(image.rgb.data(), image.width, image.height, PNG_FORMAT_RGB);
}

Bytes encode_jpeg(const features::Image& image, JpegKind kind) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &data, &size);
  info.image_width = static_cast<JDIMENSION>(image.width);
  info.image_height = static_cast<JDIMENSION>(image.height);
  const bool grey = kind == JpegKind::grey, cmyk = kind == JpegKind::cmyk;
  info.input_components = grey ? 1 : cmyk ? 4 : 3;
  info.in_color_space = grey ? JCS_GRAYSCALE : cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 95, TRUE);
  if (cmyk) info.write_Adobe_marker = TRUE;
  if (kind == JpegKind::progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  std::vector<std::uint8_t> line;
  for (Index y = 0; y < image.height; ++y) {
    line.clear();
    for (Index x = 0; x < image.width; ++x) {
      const std::uint8_t* pixel = image.pixel(x, y);
      if (grey) {
        line.push_back(pixel[0]);
        continue;
      }
      line.insert(line.end(), pixel, pixel + 3);
      if (cmyk) line.push_back(255);  // no black, as Adobe writes it
    }
    JSAMPROW row = line.data();
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  Bytes out = copy_of(data, size);
  std::free(data);
  return out;
}

Bytes encode_webp(const std::vector<std::uint8_t>& rgba, Index width, Index height) {
  std::uint8_t* data = nullptr;
  const auto columns = static_cast<int>(width);
  const std::size_t size = WebPEncodeLosslessRGBA(rgba.data(), columns, static_cast<int>(height), 4 * columns, &data);
  Bytes out = copy_of(data, size);
  WebPFree(data);
  return out;
}

void put_big_endian(Bytes& bytes, std::size_t at, std::uint32_t four) {
  for (std::size_t k = 0; k < 4; ++k) bytes[at + k] = static_cast<std::byte>(four >> (24 - 8 * k) & 0xffU);
}

}  // namespace monet::test
