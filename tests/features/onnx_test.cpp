#include "monet/features/onnx/onnx.h"
#include "monet/core/error.h"
#include "monet/features/image/image_features.h"
#include "monet/features/image/resize.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/features/pictures.h"
#include "tests/features/pictures_seen.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace monet::features {
namespace {

using ::testing::HasSubstr;

class Onnx : public test::TemporaryFolder {
 protected:
  void SetUp() override {
    if (!has_onnx()) GTEST_SKIP() << "built without ONNX (OpenCV's DNN module)";
    options_.file = folder_ / "net.onnx";
    options_.size = 8;
    options_.mean = {10.0F, 20.0F, 30.0F};
    options_.scale = {0.5F, 0.25F, 0.125F};
    const std::string arguments = MONET_SOURCE_DIR "/tests/features/make_network.py " + options_.file.string() + " 8";
    const std::string command = "python3 " + arguments + " || /usr/bin/python3 " + arguments;
    const int status = std::system(command.c_str());
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) GTEST_SKIP() << "no python3 with the onnx package here";
  }
  std::vector<float> described(int workers = 1) {
    const auto network = onnx_describer(options_, workers);
    std::vector<float> row(static_cast<std::size_t>(network->width()));
    network->describe(image_, workers - 1, row);
    return row;
  }
  /// The network's two outputs in float64.
  std::vector<double> expected() const {
    const Matrix<float> pixels = resize(image_, 8, 8);
    std::vector<double> out = {0.0, 0.0};
    for (Index p = 0; p < pixels.rows(); ++p) {
      double in[3];
      for (int c = 0; c < 3; ++c) {
        const auto channel = static_cast<std::size_t>(c);
        in[c] = (static_cast<double>(pixels(p, c)) - static_cast<double>(options_.mean[channel])) *
                static_cast<double>(options_.scale[channel]);
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

TEST_F(Onnx, AnUnknownOutputIsRefusedWithThoseThereAre) {
  options_.output = "embedding";
  EXPECT_THAT(test::message_of<DataError>([&] { described(); }), HasSubstr("no output 'embedding'; there are: "));
}

TEST_F(Onnx, AMissingFileIsNamed) {
  options_.file = folder_ / "none.onnx";
  EXPECT_THAT(test::message_of<IoError>([&] { described(); }), HasSubstr("none.onnx"));
}

}  // namespace
}  // namespace monet::features
