#include "monet/data/load.h"

#include "monet/core/error.h"
#include "monet/core/files/mapped_file.h"
#include "monet/data/columns.h"
#include "monet/data/delimited.h"
#include "monet/data/five_core.h"
#include "monet/data/id_map.h"
#include "monet/data/interaction_table.h"
#include "monet/data/load_record.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace monet::data {

namespace fs = std::filesystem;

namespace {
bool has_extension(const fs::path& path, std::initializer_list<std::string_view> extensions) {
  const std::string extension = path.extension().string();
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

/// Tables that lie beside interactions and are none.
bool is_companion(const fs::path& path) {
  constexpr std::array<std::string_view, 6> kNames = {"items.csv", "users.csv",     "items.tsv",
                                                      "users.tsv", "item_list.txt", "user_list.txt"};
  const std::string name = path.filename().string();
  return name.ends_with("_id_mapping.csv") || std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         name.starts_with("README") || name.front() == '.';
}

std::vector<fs::path> files_in(const fs::path& folder, std::initializer_list<std::string_view> extensions) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_directory() && has_extension(entry.path(), extensions) && !is_companion(entry.path())) {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// The only one, or the one named like its folder.
fs::path choose(const fs::path& folder, const std::vector<fs::path>& candidates) {
  if (candidates.size() == 1) return candidates.front();
  for (const auto& candidate : candidates) {
    if (candidate.stem() == folder.filename()) return candidate;
  }
  std::vector<std::string> names;
  for (const auto& candidate : candidates) names.push_back(candidate.filename().string());
  fail<DataError>("{}: several interaction tables ({}); name the file instead of the folder", folder.string(),
                  fmt::join(names, ", "));
}

bool has_features(const fs::path& folder) {
  return std::any_of(fs::directory_iterator(folder), fs::directory_iterator(), [](const fs::directory_entry& entry) {
    return entry.path().filename().string().ends_with("_feat.npy");
  });
}

struct Found {
  Interactions interactions;
  std::string format;
};

Found read_table(const fs::path& path, const fs::path& folder, const LoadOptions& options) {
  const files::MappedFile file(path);
  const std::string name = path.string();
  const bool mmrec =
      path.extension() == ".inter" && !has_typed_header(DelimitedReader(file.text(), name, options.separator).header());
  TableOptions table;
  table.split = options.split;
  table.split_seed = options.split_seed;
  table.user_column = options.user_column;
  table.item_column = options.item_column;
  table.time_column = options.time_column;
  table.separator = options.separator;
  table.users_are_rows = mmrec;
  table.items_are_rows = mmrec;
  std::optional<IdMap> map;
  if (!mmrec && has_features(folder)) {
    // Rows of features are matched through the map of names; without one the ids must be the row numbers.
    map = find_item_map(folder);
    table.item_map = map ? &*map : nullptr;
    table.items_are_rows = !map;
  }
  return {parse_interaction_table(file.text(), name, table), mmrec ? "mmrec" : "csv"};
}

Found read_folder(const fs::path& folder, const LoadOptions& options) {
  if (fs::is_directory(folder / options.core)) return {read_five_core(folder / options.core), "5-core"};
  if (const auto inter = files_in(folder, {".inter"}); !inter.empty()) {
    return read_table(choose(folder, inter), folder, options);
  }
  if (const auto tables = files_in(folder, {".csv", ".tsv", ".txt"}); !tables.empty()) {
    return read_table(choose(folder, tables), folder, options);
  }
  fail<DataError>("{}: no dataset here; expected {}/train.json, NAME.inter, or one CSV or TSV file with a header",
                  folder.string(), options.core);
}
}  // namespace

Dataset load(const fs::path& path, const LoadOptions& options) {
  if (!fs::exists(path)) fail<IoError>("{}: no such file or directory; check the path", path.string());
  fs::path folder = fs::is_directory(path) ? path : path.parent_path();
  if (folder.empty()) folder = ".";
  Found found;
  if (!fs::is_directory(path)) {
    found = read_table(path, folder, options);
  } else if (fs::exists(path / "train.json")) {  // the core folder itself
    folder = fs::absolute(path).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    folder = folder.parent_path();
    found = {read_five_core(path), "5-core"};
  } else {
    found = read_folder(path, options);
  }
  Dataset dataset = assemble(std::move(found.interactions), folder, options);
  dataset.format = found.format;
  dataset.path = path.string();
  dataset.load_options = to_record(options);
  fs::path named = fs::absolute(path).lexically_normal();
  if (!named.has_filename()) named = named.parent_path();
  dataset.name = fs::is_directory(path) ? named.filename().string() : named.stem().string();
  return dataset;
}

}  // namespace monet::data
