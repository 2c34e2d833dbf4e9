#include "monet/core/error.h"
#include "monet/features/image/detail/codecs.h"
#include "monet/features/image/detail/colour_profile.h"
#include "monet/features/image/detail/orientation.h"
#include "monet/features/image/detail/png_chunks.h"
#include "monet/features/image/detail/transparency.h"

#include <png.h>

#include <algorithm>
#include <bit>
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

bool read_header(PngDecoder& decoder) {
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

/// Red, green and blue, opacity after them where there is any, of 8 bits or, where `deep`, of 16.
bool start_reading(PngDecoder& decoder, bool deep) {
  if (setjmp(decoder.trap) != 0) return false;
  png_set_expand(decoder.png);
  png_set_gray_to_rgb(decoder.png);
  if (!deep) png_set_scale_16(decoder.png);
  if (deep && std::endian::native == std::endian::little) png_set_swap(decoder.png);
  png_set_interlace_handling(decoder.png);
  png_read_update_info(decoder.png, decoder.info);
  return true;
}

bool read_row(PngDecoder& decoder, std::byte* row) {
  if (setjmp(decoder.trap) != 0) return false;
  png_read_row(decoder.png, reinterpret_cast<png_bytep>(row), nullptr);
  return true;
}

/// Makes rows of the picture from libpng's.
class RowMaker {
 public:
  RowMaker(ToSrgb to_srgb, Index width, int channels, bool deep)
      : to_srgb_(std::move(to_srgb)), width_(static_cast<std::size_t>(width)), channels_(channels), deep_(deep) {
    if (channels == 4) rgba_.resize(4 * width_);
  }
  /// libpng's rows are the picture's: they may be read in place.
  bool same_bytes() const { return channels_ == 3 && !deep_; }
  void make(std::byte* row, std::uint8_t* rgb) {
    std::uint8_t* eight = channels_ == 4 ? rgba_.data() : rgb;
    if (deep_) {
      for (std::size_t x = 0; channels_ == 4 && x < width_; ++x) {
        std::uint16_t alpha = 0;
        std::memcpy(&alpha, row + 8 * x + 6, sizeof alpha);
        eight[4 * x + 3] = static_cast<std::uint8_t>((alpha * 255U + 32767U) / 65535U);
      }
      to_srgb_.convert(row, eight, width_);
    } else {
      if (reinterpret_cast<std::uint8_t*>(row) != eight) {
        std::memcpy(eight, row, width_ * static_cast<std::size_t>(channels_));
      }
      if (!to_srgb_.empty()) to_srgb_.convert(eight, eight, width_);
    }
    if (channels_ == 4) lay_on_white(rgba_, {rgb, 3 * width_});
  }

 private:
  ToSrgb to_srgb_;
  std::size_t width_;
  int channels_;
  bool deep_;
  std::vector<std::uint8_t> rgba_;
};

/// The pixels as they are stored: not turned, and of no animation.
Image decode_pixels(Bytes bytes, const ColourProfile& colours, const DecodeLimits& limits) {
  PngDecoder decoder;
  decoder.rest = bytes;
  if (!read_header(decoder)) decoder.refuse();
  Image out = make_image(png_get_image_width(decoder.png, decoder.info),
                         png_get_image_height(decoder.png, decoder.info), limits);
  const unsigned kind = png_get_color_type(decoder.png, decoder.info);
  const bool grey = (kind & PNG_COLOR_MASK_COLOR) == 0;
  const bool transparent =
      (kind & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(decoder.png, decoder.info, PNG_INFO_tRNS) != 0;
  const int channels = transparent ? 4 : 3;
  const int sample_bytes = png_get_bit_depth(decoder.png, decoder.info) == 16 ? 2 : 1;
  ToSrgb to_srgb(colours, grey ? Samples::grey : Samples::rgb, channels, sample_bytes);
  const bool deep = sample_bytes == 2 && !to_srgb.empty();
  const int passes = png_get_interlace_type(decoder.png, decoder.info) == PNG_INTERLACE_ADAM7 ? 7 : 1;
  if (!start_reading(decoder, deep)) decoder.refuse();

  RowMaker maker(std::move(to_srgb), out.width, channels, deep);
  const std::size_t stride = png_get_rowbytes(decoder.png, decoder.info);
  const std::size_t rgb_stride = static_cast<std::size_t>(out.width) * 3;
  const auto height = static_cast<std::size_t>(out.height);
  // Interlaced rows come in pieces: each has its place until the last pass.
  std::vector<std::byte> rows(maker.same_bytes() ? 0 : stride * (passes > 1 ? height : 1));
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t y = 0; y < height; ++y) {
      std::uint8_t* rgb = out.rgb.data() + y * rgb_stride;
      std::byte* row = maker.same_bytes() ? reinterpret_cast<std::byte*>(rgb) : rows.data() + (passes > 1 ? y * stride : 0);
      if (!read_row(decoder, row)) decoder.refuse();
      if (pass == passes - 1) maker.make(row, rgb);
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
    if (!read_header(canvas)) canvas.refuse();
    const Index width = png_get_image_width(canvas.png, canvas.info);
    const Index height = png_get_image_height(canvas.png, canvas.info);
    return oriented(placed(decode_pixels(frame->png, colours, limits), *frame, width, height, limits), orientation);
  }
  return oriented(decode_pixels(bytes, colours, limits), orientation);
}

}  // namespace monet::features::detail
