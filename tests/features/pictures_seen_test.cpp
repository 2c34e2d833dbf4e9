// Pictures of every kind as a browser shows them on a white page: tests/features/pictures_seen says how its files are
// made, and how the browser is asked.
#include "monet/core/error.h"
#include "monet/core/files/mapped_file.h"
#include "monet/features/image/decode.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace monet::features {
namespace {

const std::filesystem::path kFolder = MONET_SOURCE_DIR "/tests/features/pictures_seen";

std::map<std::string, Image> references() {
  std::map<std::string, Image> out;
  std::ifstream lines(kFolder / "references.txt");
  std::string name, pixels;
  Index width = 0, height = 0;
  while (lines >> name >> width >> height >> pixels) {
    Image image{width, height, {}};
    for (std::size_t k = 0; k + 2 <= pixels.size(); k += 2) {
      std::uint8_t value = 0;
      std::from_chars(pixels.data() + k, pixels.data() + k + 2, value, 16);
      image.rgb.push_back(value);
    }
    out[name] = std::move(image);
  }
  return out;
}

/// The greatest difference of a channel; 1000 where the sizes differ.
int difference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height || a.rgb.size() != b.rgb.size()) return 1000;
  int most = 0;
  for (std::size_t k = 0; k < a.rgb.size(); ++k) most = std::max(most, std::abs(int{a.rgb[k]} - int{b.rgb[k]}));
  return most;
}

Image decoded(const std::string& name) {
  const files::MappedFile file(kFolder / name);
  return decode(file.bytes());
}

bool is_picture(const std::filesystem::path& path) {
  return path.extension() == ".png" || path.extension() == ".jpg" || path.extension() == ".webp";
}

TEST(PicturesSeen, EveryPictureHasAReference) {
  std::vector<std::string> files, known;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (is_picture(entry.path())) files.push_back(entry.path().filename());
  }
  for (const auto& [name, image] : references()) known.push_back(name);
  EXPECT_GE(files.size(), 140U);
  EXPECT_THAT(files, ::testing::UnorderedElementsAreArray(known));
}

TEST(PicturesSeen, PixelsAreTheBrowsers) {
  // Two levels: colours are converted, and laid on white, with another rounding.
  constexpr int kLevels = 2;
  for (const auto& [name, want] : references()) {
    SCOPED_TRACE(name);
    EXPECT_NO_THROW(EXPECT_LE(difference(decoded(name), want), kLevels));
  }
}

}  // namespace
}  // namespace monet::features
