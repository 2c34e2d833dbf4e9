#include "monet/data/table_files.h"

#include "monet/core/error.h"
#include "monet/data/columns.h"
#include "monet/input/file_lines.h"
#include "monet/input/file_name.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace monet::data {

namespace fs = std::filesystem;

namespace {
/// Tables that lie beside interactions and are none.
bool is_companion(const fs::path& path) {
  constexpr std::array<std::string_view, 4> kNames = {"items", "users", "item_list", "user_list"};
  const std::string name = input::plain_stem(path);
  if (path.filename().string().front() == '.') return true;
  if (has_extension(path, {"inter"})) return false;
  return name.ends_with("_id_mapping") || std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         name.starts_with("README");
}
}  // namespace

bool has_extension(const fs::path& path, std::initializer_list<std::string_view> extensions) {
  const std::string extension = input::content_extension(path);
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

std::vector<fs::path> tables_in(const fs::path& folder, std::initializer_list<std::string_view> extensions) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_directory() && has_extension(entry.path(), extensions) && !is_companion(entry.path())) {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

fs::path choose_table(const fs::path& folder, const std::vector<fs::path>& candidates) {
  if (candidates.size() == 1) return candidates.front();
  for (const auto& candidate : candidates) {
    if (input::plain_stem(candidate) == folder.filename()) return candidate;
  }
  std::vector<std::string> names;
  for (const auto& candidate : candidates) names.push_back(candidate.filename().string());
  fail<DataError>("{}: several interaction tables ({}); name the file instead of the folder", folder.string(),
                  fmt::join(names, ", "));
}

bool is_mmrec(const fs::path& path, char separator) {
  if (!has_extension(path, {"inter"})) return false;
  input::FileLines file(path);
  return !has_typed_header(input::TableReader(file.lines, separator, true).header());
}

std::optional<fs::path> find_mmrec(const fs::path& path, const LoadOptions& options) {
  if (!fs::exists(path)) return std::nullopt;
  fs::path table = path;
  if (fs::is_directory(path)) {
    if (fs::exists(path / "train.json") || fs::is_directory(path / options.core)) return std::nullopt;
    if (find_split_files(path)) return std::nullopt;
    const std::vector<fs::path> candidates = tables_in(path, {"inter"});
    if (candidates.empty()) return std::nullopt;
    table = choose_table(path, candidates);
  }
  if (!fs::is_regular_file(table) || !is_mmrec(table, options.separator)) return std::nullopt;
  return table;
}

TableOptions table_options(const LoadOptions& options, bool mmrec) {
  TableOptions table;
  table.split = options.split;
  table.split_seed = options.split_seed;
  table.user_column = options.user_column;
  table.item_column = options.item_column;
  table.time_column = options.time_column;
  table.weight_column = options.weight_column.empty() && !mmrec ? std::string(kNoColumn) : options.weight_column;
  table.separator = options.separator;
  table.users_are_rows = mmrec;
  table.items_are_rows = mmrec;
  return table;
}

std::string name_of(const fs::path& path) {
  fs::path named = fs::absolute(path).lexically_normal();
  if (!named.has_filename()) named = named.parent_path();
  return fs::is_directory(path) ? named.filename().string() : input::plain_stem(named);
}

}  // namespace monet::data
