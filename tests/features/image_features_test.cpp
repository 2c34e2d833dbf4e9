#include "monet/features/image/image_features.h"
#include "monet/core/error.h"
#include "monet/features/onnx/onnx.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/features/pictures.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>

namespace monet::features {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ImageFeaturesTest : public test::TemporaryFolder {
 protected:
  std::filesystem::path write(const std::string& name, const test::Bytes& bytes) {
    test::write_text(folder_ / name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return folder_ / name;
  }
  ImageFeatures features_of(const std::vector<std::filesystem::path>& files, int threads = 1) {
    ThreadPool pool(threads);
    BuiltinDescriber describer;
    return image_features(pool, files, describer, {}, stop_);
  }
  std::atomic<bool> stop_ = false;
};

TEST_F(ImageFeaturesTest, WhatCannotBeReadCostsItsRowOnly) {
  auto cut = test::encode_png(test::gradient(30, 30));
  cut.resize(cut.size() / 2);
  const auto good = write("a.jpg", test::encode_png(test::gradient(30, 30)));  // the name does not matter
  const auto damaged = write("b.png", cut);
  const ImageFeatures out = features_of({good, "", damaged, folder_ / "none.png", folder_, good});
  EXPECT_EQ(out.missing, 4);
  ASSERT_THAT(out.damage, SizeIs(3));
  EXPECT_THAT(out.damage[0], StartsWith(damaged.string() + ": damaged PNG"));
  EXPECT_THAT(out.damage[1], HasSubstr("none.png"));
  EXPECT_FALSE(std::isnan(out.rows(0, 0)));
  for (const Index r : {1, 2, 3, 4})
    EXPECT_TRUE(std::isnan(out.rows(r, 0)) && std::isnan(out.rows(r, out.rows.cols() - 1)));
  EXPECT_EQ(std::memcmp(out.rows.row(0), out.rows.row(5), sizeof(float) * 668), 0);
}

TEST_F(ImageFeaturesTest, RowsDoNotDependOnTheThreads) {
  std::vector<std::filesystem::path> files;
  for (int k = 0; k < 11; ++k) {
    const auto image = test::gradient(20 + 7 * k, 31);
    files.push_back(write(std::to_string(k), k % 2 == 0 ? test::encode_png(image) : test::encode_jpeg(image)));
  }
  const ImageFeatures one = features_of(files, 1), four = features_of(files, 4);
  EXPECT_EQ(std::memcmp(one.rows.data(), four.rows.data(), sizeof(float) * static_cast<std::size_t>(one.rows.size())),
            0);
}

TEST_F(ImageFeaturesTest, StopsWhenAsked) {
  stop_ = true;
  EXPECT_THROW(features_of({write("a", test::encode_png(test::gradient(3, 3)))}), Interrupted);
}

TEST_F(ImageFeaturesTest, AFileThatIsNoNetworkIsRefused) {
  OnnxOptions options;
  options.file = write("net.onnx", test::encode_png(test::gradient(3, 3)));
  if (has_onnx()) {
    EXPECT_THAT(test::message_of<DataError>([&] { onnx_describer(options, 1); }),
                HasSubstr("net.onnx: this is a picture (PNG), not an ONNX network"));
    options.file = write("noise.onnx", test::Bytes(40, std::byte{0x77}));
    EXPECT_THAT(test::message_of<DataError>([&] { onnx_describer(options, 1); }),
                HasSubstr("noise.onnx: not a network"));
  } else {
    EXPECT_THAT(test::message_of<InvalidArgument>([&] { onnx_describer(options, 1); }),
                HasSubstr("built without ONNX"));
  }
}

}  // namespace
}  // namespace monet::features
