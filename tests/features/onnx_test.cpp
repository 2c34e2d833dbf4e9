#include "monet/features/onnx/onnx.h"
#include "monet/core/error.h"
#include "monet/features/image/image_features.h"
#include "monet/features/image/resize.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/features/pictures.h"
#include "tests/features/pictures_seen.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace monet::features {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::filesystem::path network(const std::string& name) {
  return std::filesystem::path(MONET_SOURCE_DIR "/tests/features/networks") / (name + ".onnx");
}

class Onnx : public test::TemporaryFolder {
 protected:
  void SetUp() override {
    if (!has_onnx()) GTEST_SKIP() << "built without ONNX (OpenCV's DNN module)";
    options_.file = network("means");
    options_.range = {{10.0F, 20.0F, 30.0F}, {0.5F, 0.25F, 0.125F}};
  }
  std::vector<float> described(int workers = 1) {
    const auto describer = onnx_describer(options_, workers);
    std::vector<float> row(static_cast<std::size_t>(describer->width()));
    describer->describe(image_, workers - 1, row);
    return row;
  }
  std::string refusal() {
    return test::message_of<DataError>([&] { described(); });
  }
  std::string choice(const std::string& name) {
    for (const auto& [key, value] : onnx_describer(options_, 1)->choices()) {
      if (key == name) return value;
    }
    return "none";
  }
  /// The network's two outputs in float64.
  std::vector<double> expected() const {
    const Matrix<float> pixels = resize(image_, 8, 8, Filter::bilinear);
    std::vector<double> out = {0.0, 0.0};
    for (Index p = 0; p < pixels.rows(); ++p) {
      double in[3];
      for (int c = 0; c < 3; ++c) {
        const auto channel = static_cast<std::size_t>(c);
        in[c] = (static_cast<double>(pixels(p, c)) - static_cast<double>(options_.range.mean[channel])) *
                static_cast<double>(options_.range.scale[channel]);
      }
      out[0] += std::max(0.0, in[0] + 0.5) / 64.0;
      out[1] += std::max(0.0, 2.0 * in[2] - in[1]) / 64.0;
    }
    return out;
  }
  OnnxOptions options_;
  Image image_ = test::gradient(31, 17);
};

TEST_F(Onnx, OutputsAreTheNetworksArithmetic) {
  const std::vector<double> want = expected();
  for (const char* output : {"", "flat", "maps"}) {
    options_.output = output;
    const std::vector<float> row = described(2);
    ASSERT_EQ(row.size(), 2U) << output << ": maps are averaged over their positions";
    // Means of 64 values below 128 in float32.
    for (std::size_t c = 0; c < 2; ++c) EXPECT_NEAR(static_cast<double>(row[c]), want[c], 64 * 128 * 1.2e-7) << output;
  }
}

TEST_F(Onnx, EveryPixelIsInItsPlace) {
  options_.file = network("places");  // 3 wide, 2 high: the picture is not stretched
  options_.range = {{0.0F, 0.0F, 0.0F}, {1.0F, 1.0F, 1.0F}};
  image_ = {3, 2, {1, 0, 9, 2, 0, 8, 3, 0, 7, 4, 1, 6, 5, 2, 5, 6, 250, 4}};
  EXPECT_THAT(described(), ElementsAre(1.5F, 2.5F, 3.5F, 4.5F, 5.5F, 6.5F, 18.0F, 16.0F, 14.0F, 11.0F, 8.0F, 0.0F));
  options_.range = {{1.0F, 0.0F, 4.0F}, {2.0F, 0.5F, 1.0F}};
  EXPECT_THAT(described(), ElementsAre(0.5F, 2.5F, 4.5F, 6.5F, 8.5F, 10.5F, 10.0F, 8.0F, 6.0F, 3.5F, 1.0F, 0.0F));
}

TEST_F(Onnx, PicturesGetTheNetworksOwnSize) {
  EXPECT_EQ(choice("size"), "8 x 8");
  options_.file = network("places");
  EXPECT_EQ(choice("size"), "3 x 2");
  options_.file = network("parameters_listed");
  EXPECT_EQ(choice("size"), "8 x 8");
  for (const char* any : {"means_of_any", "means_of_any_by_numbers"}) {
    options_.file = network(any);
    options_.size = 0;
    EXPECT_EQ(choice("size"), "224 x 224");
    options_.size = 8;
    EXPECT_EQ(choice("size"), "8 x 8");
    const std::vector<double> want = expected();
    const std::vector<float> row = described();
    for (std::size_t c = 0; c < 2; ++c) EXPECT_NEAR(static_cast<double>(row[c]), want[c], 64 * 128 * 1.2e-7);
  }
}

TEST_F(Onnx, ASizeThatDoesNotFitIsRefusedWithTheNetworksOwn) {
  options_.file = network("only_its_size");
  EXPECT_EQ(described().size(), 2U);
  options_.size = 5;
  EXPECT_THAT(refusal(), HasSubstr("only_its_size.onnx: cannot run on a picture of 5 x 5; its own size is 4 x 4"));
}

TEST_F(Onnx, NetworksSeeWhatABrowserShows) {
  const auto references = test::references();
  const auto network = onnx_describer(options_, 1);
  const auto of_file = [&](const std::string& name) {
    ThreadPool pool(1);
    const std::filesystem::path files[] = {test::pictures_seen() / name};
    return image_features(pool, files, *network, {}, false).rows;
  };
  for (const char* name : {"profile_p3.png", "rgba.png", "gamma_1.png", "exif_6.jpg", "cmyk_bare.jpg", "clear.webp"}) {
    std::vector<float> want(2);
    network->describe(references.at(name), 0, want);
    const Matrix<float> got = of_file(name);
    // Levels times the weights: 0.5 of red; 2 · 0.125 of blue and 0.25 of green.
    for (Index c = 0; c < 2; ++c)
      EXPECT_NEAR(got(0, c), want[static_cast<std::size_t>(c)], test::kLevels * 0.5) << name;
  }
  EXPECT_GT(std::abs(of_file("gamma_1.png")(0, 0) - of_file("rgb.png")(0, 0)), 10 * test::kLevels * 0.5F);
}

TEST(OnnxPresets, AreTheKnownRanges) {
  // Of values in [0, 1]: torchvision's for ImageNet, and those of CLIP's published code.
  const double means[][3] = {{0.485, 0.456, 0.406}, {0.5, 0.5, 0.5}, {0.48145466, 0.4578275, 0.40821073}};
  const double deviations[][3] = {{0.229, 0.224, 0.225}, {0.5, 0.5, 0.5}, {0.26862954, 0.26130258, 0.27577711}};
  const char* names[] = {"imagenet", "minus1to1", "clip"};
  for (std::size_t k = 0; k < kOnnxPresets.size(); ++k) {
    EXPECT_STREQ(kOnnxPresets[k].name, names[k]);
    for (std::size_t c = 0; c < 3; ++c) {
      const double mean = 255.0 * means[k][c], scale = 1.0 / (255.0 * deviations[k][c]);
      EXPECT_NEAR(static_cast<double>(kOnnxPresets[k].range.mean[c]), mean, 2e-7 * mean);
      EXPECT_NEAR(static_cast<double>(kOnnxPresets[k].range.scale[c]), scale, 2e-7 * scale);
    }
  }
}

TEST_F(Onnx, AnUnknownOutputIsRefusedWithThoseThereAre) {
  options_.output = "embedding";
  EXPECT_THAT(refusal(), HasSubstr("no output 'embedding'; there are: "));
}

TEST_F(Onnx, WhatCannotBeRunIsRefusedInOneLine) {
  options_.file = network("unknown_operator");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("unknown_operator.onnx: it uses the operator Polish, which OpenCV "),
                               HasSubstr("does not have"), Not(HasSubstr("\\n"))));
  options_.file = network("grey");
  EXPECT_THAT(refusal(), HasSubstr("grey.onnx: its input 'input' is [1, 1, 28, 28]; a network for pictures"));
  options_.file = folder_ / "cut.onnx";
  test::write_text(options_.file, test::read_text(network("means")).substr(0, 200));
  EXPECT_THAT(refusal(), HasSubstr("cut.onnx: not a network in ONNX: it is cut off or damaged"));
}

TEST_F(Onnx, AMissingFileIsNamed) {
  options_.file = folder_ / "none.onnx";
  EXPECT_THAT(test::message_of<IoError>([&] { described(); }), HasSubstr("none.onnx"));
}

}  // namespace
}  // namespace monet::features
