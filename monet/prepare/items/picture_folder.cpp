#include "monet/prepare/items/picture_folder.h"

#include "monet/core/error.h"
#include "monet/core/files/io_error.h"
#include "monet/prepare/items/picture_names.h"

#include <sys/stat.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <system_error>
#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <set>
#include <tuple>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view stem_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The text as ICU's `form` writes it.
std::string normal(std::string_view text, const icu::Normalizer2* (*form)(UErrorCode&)) {
  std::string out;
  UErrorCode code = U_ZERO_ERROR;
  if (const icu::Normalizer2* normalizer = form(code); U_SUCCESS(code)) {
    icu::StringByteSink<std::string> sink(&out);
    normalizer->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr,
                              code);
  }
  return U_SUCCESS(code) ? out : std::string(text);
}

/// Equal for names that differ only in how Unicode writes the same characters (macOS takes accents apart).
std::string composed(std::string_view text) {
  return is_ascii(text) ? std::string(text) : normal(text, &icu::Normalizer2::getNFCInstance);
}

/// Equal for names that differ in that, or in case.
std::string folded(std::string_view text) {
  if (!is_ascii(text)) return normal(text, &icu::Normalizer2::getNFKCCasefoldInstance);
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::uint64_t hash_of(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

std::ptrdiff_t depth_of(std::string_view path) {
  return std::count(path.begin(), path.end(), '/');
}

/// How many folders, from the last, `path` and `wanted` have in common.
int common_folders(std::string_view path, std::string_view wanted) {
  int common = 0;
  for (;; ++common) {
    path = parent_of(path);
    wanted = parent_of(wanted);
    if (path.empty() || wanted.empty() || folded(last_part(path)) != folded(last_part(wanted))) return common;
  }
}

std::size_t extension_rank(std::string_view name) {
  constexpr std::array<std::string_view, 4> kOrder = {".jpg", ".jpeg", ".png", ".webp"};
  const std::string extension = folded(name.substr(std::min(name.rfind('.'), name.size())));
  const auto place = std::find(kOrder.begin(), kOrder.end(), extension);
  return place != kOrder.end() ? static_cast<std::size_t>(place - kOrder.begin())
                               : kOrder.size() + (is_readable_picture_name(name) ? 0 : 1);
}

/// Numbers in names by their values: 2.jpg before 10.jpg.
bool naturally_less(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const auto digits = [&](std::string_view& text) {
        const std::size_t end =
            static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
        std::string_view number = text.substr(0, end);
        text.remove_prefix(end);
        number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
        return number;
      };
      const std::string_view x = digits(a);
      const std::string_view y = digits(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else {
      if (a.front() != b.front()) return a.front() < b.front();
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.size() < b.size();
}

std::string_view without_extension(std::string_view path) {
  return path.substr(0, path.size() - last_part(path).size() + stem_of(last_part(path)).size());
}

/// Whether `path` ends with `end`, which begins where a folder or the name does.
bool ends_at_folder(std::string_view path, std::string_view end) {
  return path.ends_with(end) && (path.size() == end.size() || path[path.size() - end.size() - 1] == '/');
}

std::string_view without_zeros(std::string_view id) {
  id.remove_prefix(std::min(id.find_first_not_of('0'), id.size()));
  return id;
}
}  // namespace

PictureFolder::PictureFolder(fs::path folder, const std::atomic<bool>& stop) : folder_(std::move(folder)) {
  std::set<std::pair<dev_t, ino_t>> entered;  // links may lead in circles
  std::vector<std::string> open = {""};
  while (!open.empty()) {
    const std::string below = std::move(open.back());
    open.pop_back();
    const fs::path path = below.empty() ? folder_ : folder_ / below;
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) files::fail_io(path, "open", errno);
    if (!entered.insert({status.st_dev, status.st_ino}).second) continue;
    if (!S_ISDIR(status.st_mode)) fail<IoError>("{}: cannot read: it is a file; name the folder", path.string());
    std::error_code error;
    fs::directory_iterator entries(path, error);
    if (error) files::fail_io(path, "read", error.value());
    for (; entries != fs::directory_iterator(); entries.increment(error)) {
      if (stop) fail<Interrupted>("interrupted; nothing was written");
      const std::string name = entries->path().filename().string();
      if (name.starts_with('.')) continue;
      std::string relative = below.empty() ? name : fmt::format("{}/{}", below, name);
      std::error_code unreadable;  // a link to nowhere is no file
      if (entries->is_directory(unreadable)) {
        open.push_back(std::move(relative));
      } else if (entries->is_regular_file(unreadable)) {
        files_.push_back(std::move(relative));
      }
    }
    if (error) files::fail_io(path, "read", error.value());
  }
  std::sort(files_.begin(), files_.end());  // the order in a folder is not the same everywhere
  for (std::uint32_t file = 0; file < files_.size(); ++file) {
    const std::string_view name = last_part(files_[file]);
    const std::string_view stem = stem_of(name);
    names_.emplace_back(hash_of(name), file);
    folded_names_.emplace_back(hash_of(folded(name)), file);
    if (!is_picture_name(name)) continue;
    stems_.emplace_back(hash_of(composed(stem)), file);
    folded_stems_.emplace_back(hash_of(folded(stem)), file);
    if (const auto parent = parent_of(files_[file]); !parent.empty()) {
      folders_.emplace_back(hash_of(composed(last_part(parent))), file);
    }
    if (pictures_++ == 0) example_ = files_[file];
  }
  for (Places* places : {&names_, &folded_names_, &stems_, &folded_stems_, &folders_}) {
    std::sort(places->begin(), places->end());
  }
}

std::vector<std::uint32_t> PictureFolder::at(const Places& places, std::string_view key) const {
  std::vector<std::uint32_t> files;
  const std::uint64_t hash = hash_of(key);
  for (auto place = std::lower_bound(places.begin(), places.end(), std::pair(hash, std::uint32_t{0}));
       place != places.end() && place->first == hash; ++place) {
    files.push_back(place->second);
  }
  return files;
}

PictureFolder::Found PictureFolder::choose(const std::vector<std::uint32_t>& files, std::string_view wanted) const {
  // Most folders in common first, then the least deep.
  const auto rank = [&](std::uint32_t file) {
    return std::pair(-common_folders(files_[file], wanted), depth_of(files_[file]));
  };
  std::vector<std::pair<std::pair<int, std::ptrdiff_t>, std::uint32_t>> ranked;
  for (const std::uint32_t file : files) ranked.emplace_back(rank(file), file);
  std::sort(ranked.begin(), ranked.end());
  if (ranked.size() > 1 && ranked[0].first == ranked[1].first) {
    return {{}, false, {files_[ranked[0].second], files_[ranked[1].second]}};
  }
  Found best = found(ranked[0].second);
  best.only_by_name = ranked[0].first.first == 0 && !parent_of(wanted).empty();
  return best;
}

PictureFolder::Found PictureFolder::by_name(std::string_view wanted) const {
  const std::string_view name = last_part(wanted);
  if (name.empty()) return {};
  const std::string folded_name = folded(name);
  const std::string folded_stem = folded(stem_of(name));
  const auto search = [&](const Places& places, std::string_view key, auto&& is_it) {
    std::vector<std::uint32_t> files = at(places, key);
    std::erase_if(files, [&](std::uint32_t file) { return !is_it(last_part(files_[file])); });
    return files;
  };
  auto files = search(names_, name, [&](std::string_view file) { return file == name; });
  if (files.empty()) {
    files = search(folded_names_, folded_name, [&](std::string_view file) { return folded(file) == folded_name; });
  }
  if (files.empty()) {  // another extension, or none in the cell
    const std::string& stem = is_picture_name(name) ? folded_stem : folded_name;
    files = search(folded_stems_, stem, [&](std::string_view file) { return folded(stem_of(file)) == stem; });
  }
  return files.empty() ? Found{} : choose(files, wanted);
}

PictureFolder::Found PictureFolder::by_id(std::string_view id) const {
  std::vector<std::string> spellings = {composed(id)};
  if (id.find('/') != std::string_view::npos) {
    spellings.resize(3);
    for (const char c : spellings[0]) {
      spellings[1] += c == '/' ? '_' : c;
      spellings[2] += c == '/' ? std::string("%2F") : std::string(1, c);
    }
  }
  for (const std::string& spelling : spellings) {
    if (spelling.empty()) continue;
    // Least deep first, then in a folder that the id begins with, then by the extension.
    const auto rank = [&](std::uint32_t file) {
      const std::string_view path = files_[file];
      const bool sorted = spelling.starts_with(last_part(parent_of(path)));
      return std::tuple(depth_of(path), sorted ? 0 : 1, extension_rank(path));
    };
    std::vector<std::pair<decltype(rank(0)), std::uint32_t>> ranked;
    for (const std::uint32_t file : at(stems_, last_part(spelling))) {
      if (ends_at_folder(composed(without_extension(files_[file])), spelling)) ranked.emplace_back(rank(file), file);
    }
    if (ranked.empty() && is_picture_name(spelling)) {  // the id is the name of a file
      for (const std::uint32_t file : at(names_, last_part(spelling))) {
        if (ends_at_folder(files_[file], spelling)) ranked.emplace_back(rank(file), file);
      }
    }
    std::sort(ranked.begin(), ranked.end());
    if (ranked.size() > 1 && ranked[0].first == ranked[1].first) {
      return {{}, false, {files_[ranked[0].second], files_[ranked[1].second]}};
    }
    if (!ranked.empty()) return found(ranked[0].second);
    std::vector<std::uint32_t> inside = at(folders_, spelling);
    std::erase_if(inside, [&](std::uint32_t file) { return composed(last_part(parent_of(files_[file]))) != spelling; });
    const auto first = std::min_element(inside.begin(), inside.end(), [&](std::uint32_t a, std::uint32_t b) {
      const auto key = [&](std::uint32_t file) { return is_readable_picture_name(files_[file]) ? 0 : 1; };
      return key(a) != key(b) ? key(a) < key(b) : naturally_less(files_[a], files_[b]);
    });
    if (first != inside.end()) return found(*first);
  }
  return {};
}

std::string PictureFolder::near_miss(std::string_view id) const {
  const std::string folded_id = folded(id);
  for (const std::string& path : files_) {
    const std::string_view stem = stem_of(last_part(path));
    if (stem == id || !is_picture_name(path)) continue;
    if (folded(stem) == folded_id) return path + " is there: the case of ids matters";
    if (!without_zeros(id).empty() && without_zeros(stem) == without_zeros(id)) {
      return path + " is there: were leading zeros lost from the ids?";
    }
  }
  return {};
}

}  // namespace monet::prepare
