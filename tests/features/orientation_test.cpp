#include "monet/features/image/detail/orientation.h"
#include "monet/features/image/decode.h"
#include "tests/features/pictures.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace monet::features {
namespace {

using detail::exif_orientation;
using detail::oriented;
using test::Bytes;

/// A number of `size` bytes in one order or the other.
void put(Bytes& bytes, std::uint32_t value, unsigned size, bool little) {
  for (unsigned k = 0; k < size; ++k) {
    bytes.push_back(static_cast<std::byte>(value >> 8 * (little ? k : size - 1 - k) & 0xffU));
  }
}

/// A maker's name, then the orientation.
Bytes exif(std::uint32_t orientation, bool little) {
  Bytes out;
  for (const char c : {little ? 'I' : 'M', little ? 'I' : 'M'}) out.push_back(static_cast<std::byte>(c));
  put(out, 42, 2, little);
  put(out, 8, 4, little);
  put(out, 2, 2, little);
  put(out, 0x10f, 2, little);
  put(out, 2, 2, little);
  put(out, 4, 4, little);
  put(out, 0x61626300, 4, false);
  put(out, 0x112, 2, little);
  put(out, 3, 2, little);
  put(out, 1, 4, little);
  put(out, orientation, 2, little);
  put(out, 0, 2, little);
  put(out, 0, 4, little);
  return out;
}
constexpr std::size_t kValueEnd = 32;  // the orientation's last byte lies before

TEST(ExifOrientation, IsReadInBothByteOrders) {
  for (const bool little : {true, false}) {
    for (std::uint32_t value = 0; value < 12; ++value) {
      EXPECT_EQ(exif_orientation(exif(value, little)), value >= 1 && value <= 8 ? static_cast<int>(value) : 1);
    }
    EXPECT_EQ(exif_orientation(exif(6 + 256, little)), 1);
  }
}

TEST(ExifOrientation, OfACutBlockIsUprightUnlessTheTagIsThere) {
  for (const bool little : {true, false}) {
    const Bytes whole = exif(6, little);
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));  // its own memory, for ASan
      EXPECT_EQ(exif_orientation(cut), size >= kValueEnd ? 6 : 1) << size;
    }
  }
}

TEST(ExifOrientation, OfADamagedBlockStaysWithinBounds) {
  for (const bool little : {true, false}) {
    for (std::size_t at = 0; at < exif(6, little).size(); ++at) {
      for (const unsigned value : {0U, 1U, 0x7fU, 0x80U, 0xffU}) {
        Bytes damaged = exif(6, little);
        damaged[at] = static_cast<std::byte>(value);
        const int orientation = exif_orientation(damaged);
        EXPECT_TRUE(orientation >= 1 && orientation <= 8) << at << ' ' << value;
      }
    }
  }
}

TEST(ExifOrientation, FarDirectoriesAreNotFollowed) {
  for (const std::uint32_t place : {7U, 0x7fffffffU, 0xfffffffeU, 0xffffffffU, 42U}) {
    Bytes far = exif(6, false);
    test::put_big_endian(far, 4, place);
    EXPECT_EQ(exif_orientation(far), 1) << place;
  }
}

TEST(Oriented, TurnsAndMirrors) {
  // 1 2 3
  // 4 5 6
  Image image{3, 2, {}};
  for (std::uint8_t k = 1; k <= 6; ++k) image.rgb.insert(image.rgb.end(), {k, k, static_cast<std::uint8_t>(k + 100)});
  const char* const kWant[] = {"",         "123/456",  "321/654",  "654/321", "456/123",
                               "14/25/36", "41/52/63", "63/52/41", "36/25/14"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Image out = oriented(image, orientation);
    std::string got;
    for (Index y = 0; y < out.height; ++y) {
      if (y > 0) got += '/';
      for (Index x = 0; x < out.width; ++x) {
        got += static_cast<char>('0' + out.pixel(x, y)[0]);
        EXPECT_EQ(out.pixel(x, y)[2], out.pixel(x, y)[0] + 100);
      }
    }
    EXPECT_EQ(got, kWant[orientation]) << orientation;
  }
}

TEST(Oriented, ComesAfterAReducedScale) {
  Bytes file = test::encode_jpeg(test::gradient(2200, 1100));
  Bytes marker;
  const Bytes block = exif(6, true);
  put(marker, 0xffe1, 2, false);
  put(marker, static_cast<std::uint32_t>(block.size() + 8), 2, false);
  put(marker, 0x45786966, 4, false);  // Exif
  put(marker, 0, 2, false);
  marker.insert(marker.end(), block.begin(), block.end());
  file.insert(file.begin() + 2, marker.begin(), marker.end());
  const Image out = decode(file);
  // Half the scale, then a quarter turn: what grew to the right grows to the bottom.
  EXPECT_EQ(out.width, 550);
  EXPECT_EQ(out.height, 1100);
  const auto is = [&](Index x, Index y, int red, int green) {
    return std::abs(out.pixel(x, y)[0] - red) <= 8 && std::abs(out.pixel(x, y)[1] - green) <= 8;
  };
  EXPECT_TRUE(is(549, 0, 0, 0));
  EXPECT_TRUE(is(549, 1099, 255, 0));
  EXPECT_TRUE(is(0, 0, 0, 255));
  EXPECT_TRUE(is(0, 1099, 255, 255));
}

}  // namespace
}  // namespace monet::features
