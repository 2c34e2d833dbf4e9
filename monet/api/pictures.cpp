#include "monet/api/pictures.h"

#include "monet/api/problem.h"

#include <system_error>
#include <algorithm>
#include <string_view>

namespace monet::api {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargest = std::size_t{32} << 20;

[[noreturn]] void refuse_picture() {
  refuse(404, "this item has no picture");
}

std::string_view type_of(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xff\xd8\xff"sv)) return "image/jpeg";
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return "image/png";
  if (bytes.starts_with("GIF8"sv)) return "image/gif";
  if (bytes.starts_with("RIFF"sv) && bytes.substr(0, 12).ends_with("WEBP"sv)) return "image/webp";
  if (bytes.size() > 12 && bytes.substr(4, 8) == "ftypavif"sv) return "image/avif";
  return {};
}

bool lies_in(const fs::path& folder, const fs::path& file) {
  const auto [rest, unused] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return rest == folder.end();
}

}  // namespace

bool is_address(std::string_view picture) {
  return picture.starts_with("https://") || picture.starts_with("http://");
}

std::optional<files::MappedFile> picture_file(const fs::path& folder, const std::string& picture) {
  if (picture.empty() || folder.empty()) return std::nullopt;
  std::error_code error;
  const fs::path within = fs::canonical(folder, error);
  if (error) return std::nullopt;
  const fs::path file = fs::canonical(within / picture, error);
  if (error || !lies_in(within, file) || !fs::is_regular_file(file, error)) return std::nullopt;
  return files::MappedFile(file);
}

http::Response picture_response(const fs::path& folder, const std::string& picture) {
  if (is_address(picture)) {
    return {.status = 302, .headers = {{"Location", picture}}};
  }
  const std::optional<files::MappedFile> file = picture_file(folder, picture);
  if (!file) refuse_picture();
  const std::string_view type = type_of(file->text());
  if (type.empty() || file->size() > kLargest) refuse_picture();
  return {.content_type = std::string(type),
          .body = std::string(file->text()),
          .headers = {{"Cache-Control", "max-age=3600"}}};
}

}  // namespace monet::api
