#pragma once

#include "monet/features/image/image.h"

#include <cstddef>
#include <cstdint>
#include <vector>

// Pictures made and encoded by the tests themselves.
namespace monet::test {

using Bytes = std::vector<std::byte>;

/// A smooth picture: red grows to the right, green to the bottom, blue is constant.
features::Image gradient(Index width, Index height);

/// libpng's format flags decide: PNG_FORMAT_RGB, _GRAY, _RGBA, _GA, with PNG_FORMAT_FLAG_LINEAR 16-bit ones.
Bytes encode_png(const void* pixels, Index width, Index height, std::uint32_t format);
Bytes encode_png(const features::Image& image);

enum class JpegKind { rgb, grey, cmyk, progressive };
Bytes encode_jpeg(const features::Image& image, JpegKind kind = JpegKind::rgb);

Bytes encode_webp(const std::vector<std::uint8_t>& rgba, Index width, Index height);

/// `four` as a PNG's number: big-endian.
void put_big_endian(Bytes& bytes, std::size_t at, std::uint32_t four);

}  // namespace monet::test
