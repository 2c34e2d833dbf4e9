#include "monet/input/file_name.h"

#include <algorithm>

namespace monet::input {

namespace {
bool is_compression(const std::string& extension) {
  return extension == ".gz" || extension == ".zst" || extension == ".zstd";
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
