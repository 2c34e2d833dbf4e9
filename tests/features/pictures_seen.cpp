#include "tests/features/pictures_seen.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>

namespace monet::test {

namespace {
const std::filesystem::path kFolder = MONET_SOURCE_DIR "/tests/features/pictures_seen";
}

std::filesystem::path pictures_seen() {
  return kFolder / "files";
}

std::map<std::string, features::Image> references() {
  std::map<std::string, features::Image> out;
  std::ifstream lines(kFolder / "references.txt");
  std::string name, pixels;
  Index width = 0, height = 0;
  while (lines >> name >> width >> height >> pixels) {
    features::Image image{width, height, {}};
    for (std::size_t k = 0; k + 2 <= pixels.size(); k += 2) {
      std::uint8_t value = 0;
      std::from_chars(pixels.data() + k, pixels.data() + k + 2, value, 16);
      image.rgb.push_back(value);
    }
    out[name] = std::move(image);
  }
  return out;
}

int difference(const features::Image& a, const features::Image& b) {
  if (a.width != b.width || a.height != b.height || a.rgb.size() != b.rgb.size()) return 1000;
  int most = 0;
  for (std::size_t k = 0; k < a.rgb.size(); ++k) most = std::max(most, std::abs(int{a.rgb[k]} - int{b.rgb[k]}));
  return most;
}

}  // namespace monet::test
