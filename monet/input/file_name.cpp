#include "monet/input/file_name.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace monet::input {

namespace {
bool is_compression(const std::string& extension) {
  constexpr std::array<std::string_view, 7> kCompressions = {".gz", ".zst", ".zstd", ".xz", ".bz2", ".lz4", ".zip"};
  return std::find(kCompressions.begin(), kCompressions.end(), extension) != kCompressions.end();
}
}  // namespace

std::string content_extension(const std::filesystem::path& path) {
  std::filesystem::path plain = path;
  if (is_compression(plain.extension().string())) plain = plain.stem();
  std::string extension = plain.extension().string();
  if (!extension.empty()) extension.erase(0, 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c); });
  return extension;
}

std::string plain_stem(const std::filesystem::path& path) {
  std::filesystem::path plain = path.filename();
  if (is_compression(plain.extension().string())) plain = plain.stem();
  return plain.stem().string();
}

}  // namespace monet::input
