#include "monet/features/image/descriptor.h"
#include "tests/features/pictures.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

namespace monet::features {
namespace {

Image filled(Index width, Index height, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
  Image image{width, height, {}};
  for (Index p = 0; p < width * height; ++p) image.rgb.insert(image.rgb.end(), {r, g, b});
  return image;
}

/// Black and white stripes, `period` pixels each, along one axis.
Image stripes(bool vertical, Index period) {
  Image image{128, 128, {}};
  for (Index y = 0; y < 128; ++y) {
    for (Index x = 0; x < 128; ++x) {
      const std::uint8_t value = (vertical ? x : y) / period % 2 == 0 ? 0 : 255;
      image.rgb.insert(image.rgb.end(), 3, value);
    }
  }
  return image;
}

std::vector<float> described(const Image& image) {
  std::vector<float> row(static_cast<std::size_t>(kDescriptorWidth), -1.0F);
  describe(image, row);
  return row;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += static_cast<double>(a[k]) * static_cast<double>(b[k]);
  return sum;
}

TEST(Descriptor, RowsHaveLengthOne) {
  for (const Image& image :
       {test::gradient(50, 80), filled(1, 1, 0, 0, 0), filled(3, 500, 255, 255, 255), stripes(true, 8)}) {
    const auto row = described(image);
    EXPECT_NEAR(dot(row, row), 1.0, 1e-5);
    for (const float value : row) EXPECT_GE(value, 0.0F);
  }
}

TEST(Descriptor, DoesNotDependOnTheSizeOfThePicture) {
  EXPECT_GT(dot(described(test::gradient(300, 200)), described(test::gradient(1100, 900))), 0.999);
}

TEST(Descriptor, TellsColours) {
  const auto red = described(filled(20, 20, 200, 30, 30));
  const auto similar = described(filled(20, 20, 205, 33, 28));
  const auto blue = described(filled(20, 20, 30, 30, 200));
  EXPECT_GT(dot(red, similar), 0.97);
  EXPECT_LT(dot(red, blue), 0.3);
}

TEST(Descriptor, TellsDirections) {
  const auto vertical = described(stripes(true, 8));
  const auto finer = described(stripes(true, 4));
  const auto horizontal = described(stripes(false, 8));
  EXPECT_GT(dot(vertical, finer), dot(vertical, horizontal) + 0.2);
}

TEST(Descriptor, TellsWhereColoursAre) {
  Image left = filled(40, 40, 255, 255, 255), right = left;
  for (Index y = 0; y < 40; ++y) {
    for (Index x = 0; x < 20; ++x) {
      left.rgb[static_cast<std::size_t>((y * 40 + x) * 3)] = 0;
      right.rgb[static_cast<std::size_t>((y * 40 + 39 - x) * 3)] = 0;
    }
  }
  EXPECT_LT(dot(described(left), described(right)), 0.9);
}

}  // namespace
}  // namespace monet::features
