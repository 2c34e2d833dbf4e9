#include "monet/core/error.h"
#include "monet/features/image/detail/codecs.h"
#include "monet/features/image/detail/colour_profile.h"
#include "monet/features/image/detail/orientation.h"
#include "monet/features/image/detail/png_chunks.h"
#include "monet/features/image/detail/transparency.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstring>

namespace monet::features::detail {

namespace {
/// libpng's handles with their error handling: what goes wrong jumps back to `trap`.
struct PngDecoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  Bytes rest;
  std::jmp_buf trap{};
  char message[128] = "no memory";

  PngDecoder() = default;
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;
  ~PngDecoder() { png_destroy_read_struct(&png, &info, nullptr); }
  [[noreturn]] void refuse() const { fail<DataError>("damaged PNG: {}", message); }
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto& decoder = *static_cast<PngDecoder*>(png_get_error_ptr(png));
  std::snprintf(decoder.message, sizeof decoder.message, "%s", message);
  std::longjmp(decoder.trap, 1);
}

void on_warning(png_structp /*png*/, png_const_charp /*message*/) {}

void on_read(png_structp png, png_bytep out, std::size_t size) {
  auto& decoder = *static_cast<PngDecoder*>(png_get_io_ptr(png));
  if (size > decoder.rest.size()) png_error(png, "cut off");
  std::memcpy(out, decoder.rest.data(), size);
  decoder.rest = decoder.rest.subspan(size);
}

// The three below call libpng, which may jump: they hold nothing that needs a destructor.

bool read_png_header(PngDecoder& decoder) {
  decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, on_error, on_warning);
  if (decoder.png == nullptr) return false;
  if (setjmp(decoder.trap) != 0) return false;
  decoder.info = png_create_info_struct(decoder.png);
  if (decoder.info == nullptr) return false;
  png_set_keep_unknown_chunks(decoder.png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);  // all that is not about pixels
  png_set_read_fn(decoder.png, &decoder, on_read);
  png_read_info(decoder.png, decoder.info);
  return true;
}

/// Red, green and blue, opacity after them where there is any. Of 16 bits the upper 8 are taken, as in browsers.
bool start_png(PngDecoder& decoder) {
  if (setjmp(decoder.trap) != 0) return false;
  png_set_expand(decoder.png);
  png_set_gray_to_rgb(decoder.png);
  png_set_strip_16(decoder.png);
  png_set_interlace_handling(decoder.png);
  png_read_update_info(decoder.png, decoder.info);
  return true;
}

bool read_png_row(PngDecoder& decoder, std::uint8_t* row) {
  if (setjmp(decoder.trap) != 0) return false;
  png_read_row(decoder.png, row, nullptr);
  return true;
}

/// The pixels as they are stored: not turned, and of no animation.
Image decode_pixels(Bytes bytes, const ColourProfile& colours, const DecodeLimits& limits) {
  PngDecoder decoder;
  decoder.rest = bytes;
  if (!read_png_header(decoder)) decoder.refuse();
  Image out = make_image(png_get_image_width(decoder.png, decoder.info),
                         png_get_image_height(decoder.png, decoder.info), limits);
  const unsigned kind = png_get_color_type(decoder.png, decoder.info);
  const bool grey = (kind & PNG_COLOR_MASK_COLOR) == 0;
  const bool transparent =
      (kind & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(decoder.png, decoder.info, PNG_INFO_tRNS) != 0;
  const int channels = transparent ? 4 : 3;
  const ToSrgb to_srgb(colours, grey ? Samples::grey : Samples::rgb, channels);
  const int passes = png_get_interlace_type(decoder.png, decoder.info) == PNG_INTERLACE_ADAM7 ? 7 : 1;
  if (!start_png(decoder)) decoder.refuse();

  const auto width = static_cast<std::size_t>(out.width);
  const auto height = static_cast<std::size_t>(out.height);
  if (png_get_rowbytes(decoder.png, decoder.info) != width * static_cast<std::size_t>(channels)) {
    fail<InternalError>("PNG rows of {} bytes", png_get_rowbytes(decoder.png, decoder.info));
  }
  // Interlaced rows come in pieces: each keeps its place until the last pass.
  const std::size_t places = passes > 1 ? height : 1;
  std::vector<std::uint8_t> rgba(transparent ? width * 4 * places : 0);
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t y = 0; y < height; ++y) {
      std::uint8_t* rgb = out.rgb.data() + y * width * 3;
      std::uint8_t* row = transparent ? rgba.data() + y % places * width * 4 : rgb;
      if (!read_png_row(decoder, row)) decoder.refuse();
      if (pass < passes - 1) continue;
      if (!to_srgb.empty()) to_srgb.convert(row, row, width);
      if (transparent) lay_on_white({row, width * 4}, {rgb, width * 3});
    }
  }
  return out;
}

/// On a white picture of the animation's size.
Image placed(const Image& frame, const PngFrame& where, Index width, Index height, const DecodeLimits& limits) {
  Image out = make_image(width, height, limits);
  std::fill(out.rgb.begin(), out.rgb.end(), std::uint8_t{255});
  for (Index y = 0; y < frame.height; ++y) {
    const std::uint8_t* row = frame.pixel(0, y);
    std::copy(row, row + 3 * frame.width, out.rgb.data() + 3 * ((where.top + y) * width + where.left));
  }
  return out;
}
}  // namespace

Image decode_png(Bytes bytes, const DecodeLimits& limits) {
  const std::vector<PngChunk> chunks = png_chunks(bytes);
  const ColourProfile colours = png_colours(chunks);
  const int orientation = exif_orientation(content_of(chunks, "eXIf"));
  if (const std::optional<PngFrame> frame = first_frame(chunks)) {
    PngDecoder canvas;
    canvas.rest = bytes;
    if (!read_png_header(canvas)) canvas.refuse();
    const Index width = png_get_image_width(canvas.png, canvas.info);
    const Index height = png_get_image_height(canvas.png, canvas.info);
    return oriented(placed(decode_pixels(frame->png, colours, limits), *frame, width, height, limits), orientation);
  }
  return oriented(decode_pixels(bytes, colours, limits), orientation);
}

}  // namespace monet::features::detail
