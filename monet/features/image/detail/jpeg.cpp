#include "monet/core/error.h"
#include "monet/features/image/detail/codecs.h"
#include "monet/features/image/detail/colour_profile.h"
#include "monet/features/image/detail/orientation.h"

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

// After <cstdio>, which they need.
#include <jerror.h>
#include <jpeglib.h>

namespace monet::features::detail {

namespace {
/// Scans of a progressive picture: encoders write about ten, an attacker thousands (each costs a pass over all pixels).
constexpr int kMostScans = 100;
/// A picture is decoded at a reduced scale as long as both its sides stay at least this long.
constexpr JDIMENSION kEnough = 512;

/// libjpeg's handle with its error handling: what goes wrong jumps back to `trap`.
struct Decoder {
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf trap{};
  char message[JMSG_LENGTH_MAX] = {};

  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&info); }
};

Decoder& decoder_of(j_common_ptr info) {
  return *static_cast<Decoder*>(info->client_data);
}

[[noreturn]] void give_up(j_common_ptr info) {
  Decoder& decoder = decoder_of(info);
  info->err->format_message(info, decoder.message);
  std::longjmp(decoder.trap, 1);
}

/// libjpeg fills in grey for data that is missing or broken and only warns; here that is an error.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_TOO_MUCH_DATA: return;  // all pixels are there
    case JWRN_JPEG_EOF:
      // Only the mark of the end is missing; where it is more, the next warning says so. Of several scans one may be.
      if (jpeg_has_multiple_scans(&decoder_of(info).info) == FALSE) return;
      give_up(info);
    default: give_up(info);
  }
}

void on_progress(j_common_ptr info) {
  if (info->is_decompressor == FALSE) return;
  Decoder& decoder = decoder_of(info);
  if (decoder.info.input_scan_number <= kMostScans) return;
  std::snprintf(decoder.message, sizeof decoder.message, "more than %d scans", kMostScans);
  std::longjmp(decoder.trap, 1);
}

// The four below call libjpeg, which may jump: they hold nothing that needs a destructor.

bool read_header(Decoder& decoder, const unsigned char* data, std::size_t size) {
  if (setjmp(decoder.trap) != 0) return false;
  decoder.info.err = jpeg_std_error(&decoder.errors);
  decoder.errors.error_exit = give_up;
  decoder.errors.emit_message = on_message;
  decoder.progress.progress_monitor = on_progress;
  decoder.info.client_data = &decoder;
  jpeg_create_decompress(&decoder.info);
  decoder.info.progress = &decoder.progress;
  jpeg_mem_src(&decoder.info, data, size);
  constexpr unsigned kWhole = 0xffff;
  jpeg_save_markers(&decoder.info, JPEG_APP0 + 1, kWhole);  // EXIF
  jpeg_save_markers(&decoder.info, JPEG_APP0 + 2, kWhole);  // the colour profile
  jpeg_read_header(&decoder.info, TRUE);
  return true;
}

bool start(Decoder& decoder) {
  if (setjmp(decoder.trap) != 0) return false;
  jpeg_decompress_struct& info = decoder.info;
  const bool four_inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = four_inks ? JCS_CMYK : JCS_RGB;
  const JDIMENSION side = std::min(info.image_width, info.image_height);
  info.scale_num = 1;
  info.scale_denom = 1;
  while (info.scale_denom < 8 && side / (2 * info.scale_denom) >= kEnough) info.scale_denom *= 2;
  jpeg_start_decompress(&info);
  return true;
}

bool read_profile(Decoder& decoder, unsigned char** profile, unsigned* size) {
  if (setjmp(decoder.trap) != 0) return false;
  return jpeg_read_icc_profile(&decoder.info, profile, size) != FALSE;
}

bool read_lines(Decoder& decoder, unsigned char* pixels, std::size_t stride) {
  if (setjmp(decoder.trap) != 0) return false;
  while (decoder.info.output_scanline < decoder.info.output_height) {
    JSAMPROW line = pixels + decoder.info.output_scanline * stride;
    jpeg_read_scanlines(&decoder.info, &line, 1);
  }
  jpeg_finish_decompress(&decoder.info);
  return true;
}

/// Of the first EXIF block, whatever is in it.
int orientation_of(const Decoder& decoder) {
  constexpr std::string_view kMark("Exif\0", 5);  // and a byte of any value
  for (const jpeg_marker_struct* marker = decoder.info.marker_list; marker != nullptr; marker = marker->next) {
    if (marker->marker != JPEG_APP0 + 1 || marker->data_length <= kMark.size() + 1) continue;
    const std::span<const std::byte> bytes = std::as_bytes(std::span(marker->data, marker->data_length));
    if (std::memcmp(bytes.data(), kMark.data(), kMark.size()) != 0) continue;
    return exif_orientation(bytes.subspan(kMark.size() + 1));
  }
  return 1;
}

struct Free {
  void operator()(unsigned char* bytes) const { std::free(bytes); }
};

/// The embedded profile; libjpeg forgets it with the last line.
ColourProfile jpeg_profile(Decoder& decoder) {
  unsigned char* bytes = nullptr;
  unsigned size = 0;
  const bool found = read_profile(decoder, &bytes, &size);
  const std::unique_ptr<unsigned char, Free> owner(bytes);
  return found ? ColourProfile(std::as_bytes(std::span(bytes, size))) : ColourProfile();
}

/// Inks as every program writes them and browsers read them, 255 being none.
void inks_to_rgb(const std::vector<std::uint8_t>& cmyk, std::vector<std::uint8_t>& rgb) {
  for (std::size_t pixel = 0; pixel < rgb.size() / 3; ++pixel) {
    const std::uint8_t* light = cmyk.data() + 4 * pixel;
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[3 * pixel + c] = static_cast<std::uint8_t>((unsigned{light[c]} * light[3] + 127U) / 255U);
    }
  }
}
}  // namespace

Image decode_jpeg(Bytes bytes, const DecodeLimits& limits) {
  Decoder decoder;
  const auto refuse = [&] { fail<DataError>("damaged JPEG: {}", decoder.message); };
  if (!read_header(decoder, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size())) refuse();
  // The whole picture counts: of a progressive one libjpeg keeps all coefficients, at any scale.
  const Index width = decoder.info.image_width;
  const Index height = decoder.info.image_height;
  if (width > limits.max_pixels / std::max<Index>(height, 1)) make_image(width, height, limits);
  if (!start(decoder)) refuse();
  Image out = make_image(decoder.info.output_width, decoder.info.output_height, limits);
  const int orientation = orientation_of(decoder);
  const ColourProfile profile = jpeg_profile(decoder);
  const std::size_t pixels = out.rgb.size() / 3;
  const auto channels = static_cast<std::size_t>(decoder.info.output_components);
  if (channels == 3) {
    if (!read_lines(decoder, out.rgb.data(), static_cast<std::size_t>(out.width) * 3)) refuse();
    const ToSrgb to_srgb(profile, decoder.info.num_components == 1 ? Samples::grey : Samples::rgb, 3);
    if (!to_srgb.empty()) to_srgb.convert(out.rgb.data(), out.rgb.data(), pixels);
    return oriented(std::move(out), orientation);
  }
  std::vector<std::uint8_t> inks(pixels * channels);
  if (!read_lines(decoder, inks.data(), static_cast<std::size_t>(out.width) * channels)) refuse();
  const ToSrgb to_srgb(profile, Samples::inks, 4);
  if (to_srgb.empty()) {
    inks_to_rgb(inks, out.rgb);
  } else {
    to_srgb.convert(inks.data(), out.rgb.data(), pixels);
  }
  return oriented(std::move(out), orientation);
}

}  // namespace monet::features::detail
