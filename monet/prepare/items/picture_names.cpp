#include "monet/prepare/items/picture_names.h"

#include "monet/input/utf8.h"
#include "monet/prepare/items/labels.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <set>
#include <utility>

namespace monet::prepare {

namespace {
constexpr std::array<std::string_view, 6> kReadable = {"jpg", "jpeg", "png", "webp", "jpe", "jfif"};
constexpr std::array<std::string_view, 10> kOthers = {"gif",  "bmp",  "tif", "tiff", "avif",
                                                      "heic", "heif", "svg", "jp2",  "jxl"};

template <class Extensions>
bool has_one_of(std::string_view name, const Extensions& extensions) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  std::string extension(name.substr(dot + 1));
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

std::string_view without_query(std::string_view name) {
  return name.substr(0, name.find_first_of("?#"));
}

bool starts_url(std::string_view text) {
  const std::size_t colon = text.find("://");
  return text.starts_with("//") || (colon != std::string_view::npos && colon > 0 && colon < 10 &&
                                    std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon),
                                                [](unsigned char c) { return std::isalnum(c) != 0; }));
}

/// Collects names, each once.
class Meanings {
 public:
  /// Adds the ways in which one name may be meant, the most literal first.
  void add(std::string_view name) {
    bool remote = false;
    if (starts_url(name)) {
      remote = !name.starts_with("file:");
      name.remove_prefix(name.find("//") + 2);
      if (remote) name.remove_prefix(std::min(name.find('/'), name.size()));
      while (name.starts_with('/') && (remote || (name.size() > 2 && name[2] == ':'))) name.remove_prefix(1);
    } else {
      add_path(std::string(name), false);
    }
    const std::string_view bare = without_query(name);
    add_path(std::string(bare), remote);
    add_path(percent_decoded(bare), remote);
    if (!remote) add_path(percent_decoded(name), false);
  }
  std::vector<PictureName> take() { return std::move(names_); }

 private:
  void add_path(std::string path, bool remote) {
    std::replace(path.begin(), path.end(), '\\', '/');
    const bool on_drive =
        path.size() > 2 && path.substr(1, 2) == ":/" && std::isalpha(static_cast<unsigned char>(path[0])) != 0;
    if (on_drive) path.erase(0, 2);
    if (path.empty() || !seen_.emplace(path, remote).second) return;
    names_.push_back({std::move(path), remote});
  }

  std::vector<PictureName> names_;
  std::set<std::pair<std::string, bool>> seen_;
};

/// The parts of `cell` between `separators`, when every one of them is the name of a picture.
std::vector<std::string_view> parts_at(std::string_view cell, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (!cell.empty()) {
    const std::size_t end = std::min(cell.find_first_of(separators), cell.size());
    std::string_view part = input::trimmed(cell.substr(0, end));
    if (part.size() > 1 && part.front() == part.back() && (part.front() == '"' || part.front() == '\'')) {
      part = part.substr(1, part.size() - 2);
    }
    cell.remove_prefix(std::min(end + 1, cell.size()));
    if (part.empty()) continue;
    if (!starts_url(part) && !is_picture_name(without_query(part))) return {};
    parts.push_back(part);
  }
  return parts;
}
}  // namespace

bool is_readable_picture_name(std::string_view name) {
  return has_one_of(name, kReadable);
}

bool is_picture_name(std::string_view name) {
  return is_readable_picture_name(name) || has_one_of(name, kOthers);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned char byte = 0;
    const char* digits = text.data() + at + 1;
    if (text[at] == '%' && at + 2 < text.size() && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out += static_cast<char>(byte);
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::vector<PictureName> picture_names(std::string_view cell) {
  Meanings names;
  cell = input::trimmed(cell);
  if (cell.empty()) return {};
  const bool listed = cell.front() == '[' || cell.front() == '(' || cell.front() == '{';
  if (const auto list = listed ? labels_of_list(cell) : std::nullopt) {
    for (const std::string& entry : *list) names.add(input::trimmed(entry));
    return names.take();
  }
  names.add(cell);
  for (const std::string_view separators : {"|\n\r\t", ";", ",", " "}) {
    const std::vector<std::string_view> parts = parts_at(cell, separators);
    if (parts.size() < 2) continue;
    for (const std::string_view part : parts) names.add(part);
    break;
  }
  return names.take();
}

}  // namespace monet::prepare
