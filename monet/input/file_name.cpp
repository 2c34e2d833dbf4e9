#include "monet/input/file_name.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace monet::input {

namespace {
std::string lower_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c); });
  return extension;
}

/// Without what tells of compression and archives: "a.json" for "a.json.tar.gz" and for "a.json.zip".
std::filesystem::path without_compression(std::filesystem::path path) {
  constexpr std::array<std::string_view, 13> kCompressions = {".gz",  ".zst", ".zstd", ".xz",  ".bz2", ".lz4", ".lzma",
                                                              ".zip", ".tar", ".tgz",  ".tbz", ".txz", ".z"};
  for (int layers = 0; layers < 2; ++layers) {
    const std::string extension = lower_extension(path);
    if (std::find(kCompressions.begin(), kCompressions.end(), extension) == kCompressions.end()) break;
    path = path.stem();
  }
  return path;
}
}  // namespace

std::string content_extension(const std::filesystem::path& path) {
  std::string extension = lower_extension(without_compression(path.filename()));
  if (!extension.empty()) extension.erase(0, 1);
  return extension;
}

std::string plain_stem(const std::filesystem::path& path) {
  return without_compression(path.filename()).stem().string();
}

}  // namespace monet::input
