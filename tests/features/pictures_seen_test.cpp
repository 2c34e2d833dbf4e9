// Pictures of every kind are read as a browser shows them on a white page.
#include "tests/features/pictures_seen.h"
#include "monet/core/files/mapped_file.h"
#include "monet/features/image/decode.h"
#include "monet/features/image/image_features.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace monet::features {
namespace {

using test::kLevels;
using test::pictures_seen;

Image decoded(const std::string& name) {
  const files::MappedFile file(pictures_seen() / name);
  return decode(file.bytes());
}

TEST(PicturesSeen, EveryPictureHasAReference) {
  std::vector<std::string> files, known;
  for (const auto& entry : std::filesystem::directory_iterator(pictures_seen())) {
    files.push_back(entry.path().filename());
  }
  for (const auto& [name, image] : test::references()) known.push_back(name);
  EXPECT_GE(files.size(), 161U);
  EXPECT_THAT(files, ::testing::UnorderedElementsAreArray(known));
}

TEST(PicturesSeen, PixelsAreTheBrowsers) {
  for (const auto& [name, want] : test::references()) {
    SCOPED_TRACE(name);
    EXPECT_NO_THROW(EXPECT_LE(test::difference(decoded(name), want), kLevels));
  }
}

TEST(PicturesSeen, WhatSaysHowAPictureLooksIsNotLost) {
  // Pictures of the same numbers that look different: were all of it ignored, all of these would be alike.
  const auto references = test::references();
  const std::pair<const char*, const char*> pairs[] = {
      {"rgb.png", "profile_p3.png"},       {"rgb.png", "gamma_1.png"},          {"rgb.png", "rgba.png"},
      {"rgb.png", "cicp_p3.png"},          {"plain.jpg", "profile_p3.jpg"},     {"exif_1.jpg", "exif_6.jpg"},
      {"exif_1.jpg", "exif_3.jpg"},        {"exif_9.png", "exif_6.png"},        {"grey.jpg", "profile_grey.jpg"},
      {"plain.jpg", "rgb_letters.jpg"},    {"cmyk_bare.jpg", "ycck_adobe.jpg"}, {"cmyk_bare.jpg", "cmyk_profile.jpg"},
      {"lossless.webp", "profile_p3.webp"}};
  for (const auto& [one, other] : pairs) {
    EXPECT_GT(test::difference(references.at(one), references.at(other)), 5 * kLevels) << one << ' ' << other;
    EXPECT_GT(test::difference(decoded(one), decoded(other)), 5 * kLevels) << one << ' ' << other;
  }
}

/// Keeps the pictures it is given.
class Recorder final : public ImageDescriber {
 public:
  Index width() const override { return 1; }
  void describe(const Image& image, int /*worker*/, std::span<float> row) override {
    seen.push_back(image);
    row[0] = 0.0F;
  }
  std::vector<std::pair<std::string, std::string>> choices() const override { return {}; }
  std::map<std::string, std::string> recipe() const override { return {}; }
  std::vector<Image> seen;
};

TEST(PicturesSeen, DescribersAreGivenThem) {
  const auto references = test::references();
  std::vector<std::filesystem::path> files;
  for (const auto& [name, want] : references) files.push_back(pictures_seen() / name);
  Recorder recorder;
  ThreadPool pool(1);
  const ImageFeatures features = image_features(pool, files, recorder, {}, false);
  EXPECT_EQ(features.missing, 0);
  ASSERT_EQ(recorder.seen.size(), references.size());
  std::size_t at = 0;
  for (const auto& [name, want] : references) EXPECT_LE(test::difference(recorder.seen[at++], want), kLevels) << name;
}

}  // namespace
}  // namespace monet::features
