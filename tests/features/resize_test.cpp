#include "monet/features/image/resize.h"
#include "monet/core/error.h"
#include "tests/features/pictures.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace monet::features {
namespace {

TEST(Resize, ByAreaIsTheMeanOfTheAreaInFloat64) {
  const Image image = test::gradient(17, 11);
  for (const auto& [width, height] : {std::pair<Index, Index>{5, 4}, {17, 11}, {1, 1}, {40, 30}}) {
    const Matrix<float> out = resize(image, width, height, Filter::area);
    for (Index y = 0; y < height; ++y) {
      for (Index x = 0; x < width; ++x) {
        double sum = 0.0, area = 0.0;
        for (Index py = 0; py < 11; ++py) {
          for (Index px = 0; px < 17; ++px) {
            const auto overlap = [](Index i, Index of, Index pixels, Index p) {
              const double step = static_cast<double>(pixels) / static_cast<double>(of);
              const double low = std::max(step * static_cast<double>(i), static_cast<double>(p));
              return std::max(0.0, std::min(step * static_cast<double>(i + 1), static_cast<double>(p + 1)) - low);
            };
            const double share = overlap(x, width, 17, px) * overlap(y, height, 11, py);
            sum += share * image.pixel(px, py)[0];
            area += share;
          }
        }
        // Sums of at most 17 + 11 terms up to 255 in float32.
        EXPECT_NEAR(static_cast<double>(out(y * width + x, 0)), sum / area, 28 * 255 * 1.2e-7);
      }
    }
  }
  EXPECT_THROW(resize(image, 0, 4, Filter::area), InvalidArgument);
}

struct Resized {
  Index width, height, new_width, new_height;
  std::vector<float> values;
};

/// Of red (37 x + 91 y + 13 x y) mod 256, by Pillow 9.4: Image.new("F", …), putdata, resize(…, Image.BILINEAR).
const std::vector<Resized>& of_pillow() {
  static const std::vector<Resized> all = {
      {7, 5, 3, 2, {109.7533F, 140.3797F, 141.1818F, 122.039F, 144.3797F, 136.8961F}},
      {3, 2, 7, 4, {0.0F,   5.285714F, 21.14286F, 37.0F,  52.85714F, 68.71429F, 74.0F,
                    22.75F, 28.5F,     45.75F,    63.0F,  80.25F,    97.5F,     103.25F,
                    68.25F, 74.92857F, 94.96429F, 115.0F, 135.0357F, 155.0714F, 161.75F,
                    91.0F,  98.14286F, 119.5714F, 141.0F, 162.4286F, 183.8571F, 191.0F}},
      {9, 4, 5, 11, {21.14286F, 78.625F,   148.0F,    169.375F,  37.14286F, 25.61688F, 84.01704F, 145.6016F,
                     167.5284F, 44.83766F, 61.40909F, 127.1534F, 126.4144F, 152.7557F, 106.3961F, 97.20129F,
                     170.2898F, 107.2273F, 137.983F,  167.9545F, 130.5F,    185.0625F, 106.5214F, 127.5739F,
                     197.0974F, 159.6429F, 152.5625F, 136.6176F, 124.4375F, 172.2143F, 188.7857F, 120.0625F,
                     166.7139F, 121.3011F, 147.3312F, 168.0584F, 123.9261F, 166.008F,  129.0739F, 126.6039F,
                     117.4091F, 149.608F,  146.8208F, 143.392F,  108.3701F, 66.75974F, 175.2898F, 127.6337F,
                     157.7102F, 90.13636F, 60.42857F, 178.5F,    125.2353F, 159.5F,    87.85714F}},
      {40, 1, 3, 1, {106.6767F, 118.243F, 121.8308F}},
  };
  return all;
}

Image uneven(Index width, Index height) {
  Image image{width, height, {}};
  for (Index y = 0; y < height; ++y) {
    for (Index x = 0; x < width; ++x) {
      const Index red = (37 * x + 91 * y + 13 * x * y) % 256;
      image.rgb.insert(image.rgb.end(), {static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(255 - red), 7});
    }
  }
  return image;
}

TEST(Resize, BilinearIsPillows) {
  for (const Resized& want : of_pillow()) {
    const Matrix<float> got =
        resize(uneven(want.width, want.height), want.new_width, want.new_height, Filter::bilinear);
    ASSERT_EQ(got.rows(), static_cast<Index>(want.values.size()));
    for (Index p = 0; p < got.rows(); ++p) {
      const float red = want.values[static_cast<std::size_t>(p)];
      // Printed with seven digits; sums of tens of terms up to 255 in float32.
      EXPECT_NEAR(got(p, 0), red, 1e-4) << want.width << " x " << want.height << ", pixel " << p;
      EXPECT_NEAR(got(p, 1), 255.0F - red, 2e-4);
      EXPECT_NEAR(got(p, 2), 7.0F, 1e-5);
    }
  }
}

TEST(Resize, APictureOfThatSizeStaysAsItIs) {
  const Image image = uneven(13, 9);
  for (const Filter filter : {Filter::area, Filter::bilinear}) {
    const Matrix<float> same = resize(image, 13, 9, filter);
    for (Index p = 0; p < same.rows(); ++p) {
      for (Index c = 0; c < 3; ++c) EXPECT_EQ(same(p, c), static_cast<float>(image.pixel(p, 0)[c]));
    }
  }
}

TEST(Resize, EnlargingMakesNoBlocks) {
  const Image steps{2, 1, {0, 0, 0, 200, 200, 200}};
  const Matrix<float> blocks = resize(steps, 4, 1, Filter::area), slope = resize(steps, 4, 1, Filter::bilinear);
  const std::vector<float> want = {0.0F, 50.0F, 150.0F, 200.0F};
  for (Index x = 0; x < 4; ++x) {
    EXPECT_FLOAT_EQ(blocks(x, 0), x < 2 ? 0.0F : 200.0F);
    EXPECT_FLOAT_EQ(slope(x, 0), want[static_cast<std::size_t>(x)]);
  }
}

}  // namespace
}  // namespace monet::features
