#include "monet/features/image/detail/png_chunks.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>

namespace monet::features::detail {

namespace {
constexpr std::size_t kSignature = 8;
constexpr std::size_t kAround = 12;  // length, name, checksum

std::uint32_t number_at(Bytes bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t k = 0; k < 4; ++k) value = value << 8U | std::to_integer<std::uint32_t>(bytes[at + k]);
  return value;
}

void put_number(std::vector<std::byte>& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out.push_back(static_cast<std::byte>(value >> shift & 0xffU));
}

std::uint32_t checksum(Bytes bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

void put_chunk(std::vector<std::byte>& out, std::string_view name, Bytes content) {
  put_number(out, static_cast<std::uint32_t>(content.size()));
  const std::size_t at = out.size();
  const Bytes letters = std::as_bytes(std::span(name));
  out.insert(out.end(), letters.begin(), letters.end());
  out.insert(out.end(), content.begin(), content.end());
  put_number(out, checksum(Bytes(out).subspan(at)));
}

bool is_whole(const PngChunk& chunk) {
  return checksum(chunk.whole.subspan(4, chunk.content.size() + 4)) == number_at(chunk.whole, chunk.content.size() + 8);
}

std::span<const PngChunk> before_pixels(std::span<const PngChunk> chunks) {
  const auto pixels = std::find_if(chunks.begin(), chunks.end(), [](const PngChunk& c) { return c.name == "IDAT"; });
  return chunks.first(static_cast<std::size_t>(pixels - chunks.begin()));
}

/// The profile of an iCCP chunk: a name, a zero, the method 0, then zlib's bytes. Empty when that is not so.
ColourProfile unpacked_profile(Bytes chunk) {
  constexpr std::size_t kLargest = std::size_t{4} << 20;
  const auto zero = std::find(chunk.begin(), chunk.end(), std::byte{0});
  if (chunk.end() - zero < 3 || zero[1] != std::byte{0}) return {};
  const Bytes packed = chunk.subspan(static_cast<std::size_t>(zero - chunk.begin()) + 2);
  std::vector<std::byte> profile(std::min(kLargest, packed.size() * 1040 + 64));  // what zlib can make of it
  uLongf size = profile.size();
  const int result = uncompress(reinterpret_cast<Bytef*>(profile.data()), &size,
                                reinterpret_cast<const Bytef*>(packed.data()), static_cast<uLong>(packed.size()));
  return result == Z_OK ? ColourProfile(Bytes(profile).first(size)) : ColourProfile();
}

/// Code points of ITU-T H.273; nothing for those that are not used here.
std::optional<ColourProfile> coded_colours(Bytes cicp) {
  if (cicp.size() != 4 || cicp[2] != std::byte{0} || cicp[3] != std::byte{1}) return {};
  Chromaticities colours = kSrgbColours;
  switch (std::to_integer<int>(cicp[0])) {
    case 1: break;
    case 9: colours = {{0.3127, 0.329}, {0.708, 0.292}, {0.17, 0.797}, {0.131, 0.046}}; break;
    case 12: colours = {{0.3127, 0.329}, {0.68, 0.32}, {0.265, 0.69}, {0.15, 0.06}}; break;
    default: return {};
  }
  switch (std::to_integer<int>(cicp[1])) {
    case 1:
    case 6:
    case 14:
    case 15: return ColourProfile(colours, 2.4);  // television, as its screens show it
    case 4: return ColourProfile(colours, 2.2);
    case 5: return ColourProfile(colours, 2.8);
    case 8: return ColourProfile(colours, 1.0);
    case 13: return ColourProfile(colours, 0.0);
    default: return {};
  }
}

/// Numbers of gAMA and cHRM are in 1/100,000.
double hundred_thousandth(Bytes bytes, std::size_t index) {
  return static_cast<double>(number_at(bytes, 4 * index)) * 1e-5;
}

ColourProfile measured_colours(Bytes gamma, Bytes places) {
  if (gamma.size() != 4 || number_at(gamma, 0) == 0) return {};
  const double power = 1.0 / hundred_thousandth(gamma, 0);
  if (places.size() == 32) {
    const auto xy = [&](std::size_t index, double(&out)[2]) {
      for (std::size_t k = 0; k < 2; ++k) out[k] = hundred_thousandth(places, 2 * index + k);
    };
    Chromaticities colours{};
    xy(0, colours.white);
    xy(1, colours.red);
    xy(2, colours.green);
    xy(3, colours.blue);
    return {colours, power};
  }
  constexpr double kUsual = 2.2, kInsignificant = 0.05;
  if (std::abs(kUsual / power - 1.0) < kInsignificant) return {};
  return {kSrgbColours, power};
}
}  // namespace

std::vector<PngChunk> png_chunks(Bytes png) {
  std::vector<PngChunk> out;
  for (std::size_t at = kSignature; at + kAround <= png.size();) {
    const std::size_t length = number_at(png, at);
    if (length > png.size() - at - kAround) break;
    const std::string_view name(reinterpret_cast<const char*>(png.data()) + at + 4, 4);
    out.push_back({name, png.subspan(at + 8, length), png.subspan(at, length + kAround)});
    at += length + kAround;
  }
  return out;
}

Bytes content_of(std::span<const PngChunk> chunks, std::string_view name) {
  for (const PngChunk& chunk : before_pixels(chunks)) {
    if (chunk.name == name && is_whole(chunk)) return chunk.content;
  }
  return {};
}

ColourProfile png_colours(std::span<const PngChunk> chunks) {
  if (std::optional<ColourProfile> coded = coded_colours(content_of(chunks, "cICP"))) return *std::move(coded);
  if (const Bytes chunk = content_of(chunks, "iCCP"); !chunk.empty()) {
    if (ColourProfile profile = unpacked_profile(chunk); !profile.empty()) return profile;
  }
  if (!content_of(chunks, "sRGB").empty()) return {};
  return measured_colours(content_of(chunks, "gAMA"), content_of(chunks, "cHRM"));
}

std::optional<PngFrame> first_frame(std::span<const PngChunk> chunks) {
  constexpr std::size_t kControlBytes = 26;
  const Bytes animation = content_of(chunks, "acTL");
  if (animation.size() != 8 || number_at(animation, 0) == 0 || !content_of(chunks, "fcTL").empty()) return {};
  const auto is = [](std::string_view name) { return [=](const PngChunk& chunk) { return chunk.name == name; }; };
  const auto control = std::find_if(chunks.begin(), chunks.end(), is("fcTL"));
  const Bytes header = content_of(chunks, "IHDR");
  if (control == chunks.end() || control->content.size() != kControlBytes || header.size() != 13) return {};
  const std::uint64_t width = number_at(control->content, 4), height = number_at(control->content, 8);
  const std::uint64_t left = number_at(control->content, 12), top = number_at(control->content, 16);
  if (left + width > number_at(header, 0) || top + height > number_at(header, 4)) return {};

  std::vector<std::byte> pixels;
  for (auto chunk = control + 1; chunk != chunks.end() && chunk->name != "fcTL"; ++chunk) {
    if (chunk->name != "fdAT" || chunk->content.size() < 4) continue;
    if (!is_whole(*chunk)) return {};
    pixels.insert(pixels.end(), chunk->content.begin() + 4, chunk->content.end());
  }
  if (pixels.empty()) return {};
  PngFrame out{{}, static_cast<Index>(left), static_cast<Index>(top)};
  const Bytes signature = std::as_bytes(std::span("\x89PNG\r\n\x1a\n", kSignature));
  out.png.assign(signature.begin(), signature.end());
  std::vector<std::byte> smaller(control->content.begin() + 4, control->content.begin() + 12);
  smaller.insert(smaller.end(), header.begin() + 8, header.end());
  put_chunk(out.png, "IHDR", smaller);
  for (const PngChunk& chunk : before_pixels(chunks)) {
    if (chunk.name == "IHDR" || chunk.name == "acTL") continue;
    out.png.insert(out.png.end(), chunk.whole.begin(), chunk.whole.end());
  }
  put_chunk(out.png, "IDAT", pixels);
  put_chunk(out.png, "IEND", {});
  return out;
}

}  // namespace monet::features::detail
