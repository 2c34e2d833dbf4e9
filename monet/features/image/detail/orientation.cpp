#include "monet/features/image/detail/orientation.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

namespace monet::features::detail {

namespace {
/// Numbers of a TIFF structure, in its byte order; 0 beyond its end.
class TiffNumbers {
 public:
  explicit TiffNumbers(std::span<const std::byte> bytes) : bytes_(bytes) {
    const std::string_view start(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 4));
    little_ = start == std::string_view("II*\0", 4);
    valid_ = little_ || start == std::string_view("MM\0*", 4);
  }
  bool valid() const { return valid_; }
  std::uint32_t number(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return 0;
    std::uint32_t value = 0;
    for (std::size_t k = 0; k < size; ++k) {
      const std::size_t place = little_ ? size - 1 - k : k;
      value = (value << 8U) | std::to_integer<std::uint32_t>(bytes_[at + place]);
    }
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
  bool little_ = false;
  bool valid_ = false;
};
}  // namespace

int exif_orientation(std::span<const std::byte> exif) {
  const TiffNumbers tiff(exif);
  if (!tiff.valid()) return 1;
  constexpr std::uint32_t kOrientation = 0x112;
  constexpr std::uint32_t kShort = 3;
  constexpr std::size_t kEntryBytes = 12;
  const std::size_t directory = tiff.number(4, 4);
  const std::size_t entries = tiff.number(directory, 2);
  for (std::size_t entry = 0; entry < entries; ++entry) {
    const std::size_t at = directory + 2 + entry * kEntryBytes;
    if (tiff.number(at, 2) != kOrientation) continue;
    const bool is_one_short = tiff.number(at + 2, 2) == kShort && tiff.number(at + 4, 4) == 1;
    const std::uint32_t value = tiff.number(at + 8, 2);
    return is_one_short && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

Image oriented(Image image, int orientation) {
  if (orientation <= 1) return image;
  const bool turned = orientation >= 5;  // width and height change places
  Image out{turned ? image.height : image.width, turned ? image.width : image.height, {}};
  out.rgb.resize(image.rgb.size());
  const Index right = image.width - 1;
  const Index bottom = image.height - 1;
  for (Index y = 0; y < out.height; ++y) {
    for (Index x = 0; x < out.width; ++x) {
      Index from_x = turned ? y : x;
      Index from_y = turned ? x : y;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) from_x = right - from_x;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) from_y = bottom - from_y;
      const std::uint8_t* from = image.pixel(from_x, from_y);
      std::copy(from, from + 3, out.rgb.data() + static_cast<std::size_t>((y * out.width + x) * 3));
    }
  }
  return out;
}

}  // namespace monet::features::detail
