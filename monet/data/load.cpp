#include "monet/data/load.h"

#include "monet/core/error.h"
#include "monet/data/columns.h"
#include "monet/data/five_core.h"
#include "monet/data/id_map.h"
#include "monet/data/interaction_table.h"
#include "monet/data/lists.h"
#include "monet/data/load_record.h"
#include "monet/data/split_files.h"
#include "monet/input/file_lines.h"
#include "monet/input/file_name.h"
#include "monet/input/record_kind.h"
#include "monet/input/table_reader.h"
#include "monet/input/utf8.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace monet::data {

namespace fs = std::filesystem;

namespace {
bool has_extension(const fs::path& path, std::initializer_list<std::string_view> extensions) {
  const std::string extension = input::content_extension(path);
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

/// Tables that lie beside interactions and are none.
bool is_companion(const fs::path& path) {
  constexpr std::array<std::string_view, 4> kNames = {"items", "users", "item_list", "user_list"};
  const std::string name = input::plain_stem(path);
  if (path.filename().string().front() == '.') return true;
  if (has_extension(path, {"inter"})) return false;
  return name.ends_with("_id_mapping") || std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         name.starts_with("README");
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
    if (input::plain_stem(candidate) == folder.filename()) return candidate;
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

/// Whether an `.inter` file is MMRec's, whose ids are row numbers, and not RecBole's, whose columns have types.
bool is_mmrec(const fs::path& path, char separator) {
  if (!has_extension(path, {"inter"})) return false;
  input::FileLines file(path);
  return !has_typed_header(input::TableReader(file.lines, separator, true).header());
}

/// How the tables of a folder are read. `map` is what the options may point to.
TableOptions table_options(const fs::path& folder, bool mmrec, const LoadOptions& options, std::optional<IdMap>& map) {
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
  if (!mmrec && has_features(folder)) {
    // Rows of features are matched through the map of names; without one the ids must be the row numbers.
    map = find_item_map(folder);
    table.item_map = map ? &*map : nullptr;
    table.items_are_rows = !map;
  }
  return table;
}

bool holds_lists(const fs::path& path) {
  if (!has_extension(path, {"txt"})) return false;
  std::string start;
  input::FileLines file(path);
  for (int line = 0; line < 100 && file.lines.next(); ++line) start += std::string(file.lines.line()) + "\n";
  return looks_like_lists(start);
}

[[noreturn]] void fail_raw(const fs::path& path, const std::string& what) {
  fail<DataError>("{}: {}; make a dataset of it: monet prepare {} --out DIR", path.string(), what, path.string());
}

/// Objects on lines or in a list are read by `monet prepare` alone.
void refuse_records(const fs::path& path) {
  if (!fs::is_regular_file(path)) return;  // a pipe is read once
  input::FileLines file(path);
  while (file.lines.next()) {
    const std::string_view line = input::trimmed(file.lines.line());
    if (line.empty()) continue;
    if (input::begins_with_records(line)) fail_raw(path, "this is JSON, not a table");
    return;
  }
}

Found read_table(const fs::path& path, const fs::path& folder, const LoadOptions& options) {
  refuse_records(path);
  if (holds_lists(path)) {
    fail<DataError>("{}: lists, as LightGCN has them; give the folder, with train.txt and test.txt in it",
                    path.string());
  }
  const bool mmrec = is_mmrec(path, options.separator);
  std::optional<IdMap> map;
  const TableOptions table = table_options(folder, mmrec, options, map);
  input::FileLines file(path);
  return {read_interaction_table(file.lines, table), mmrec ? "mmrec" : "csv"};
}

Found read_split(const SplitFiles& files, const fs::path& folder, const LoadOptions& options) {
  if (holds_lists(files.train)) return {read_lists(files, options.split_seed), "lists"};
  if (!has_extension(files.train, {"inter", "csv", "tsv", "txt"})) {
    fail_raw(folder, fmt::format("{} is JSON, not a table", files.train.filename().string()));
  }
  const bool mmrec = is_mmrec(files.train, options.separator);
  std::optional<IdMap> map;
  return {read_split_tables(files, table_options(folder, mmrec, options, map)), mmrec ? "mmrec" : "csv"};
}

Found read_folder(const fs::path& folder, const LoadOptions& options) {
  if (fs::is_directory(folder / options.core)) return {read_five_core(folder / options.core), "5-core"};
  if (const auto split = find_split_files(folder)) return read_split(*split, folder, options);
  if (const auto inter = files_in(folder, {"inter"}); !inter.empty()) {
    return read_table(choose(folder, inter), folder, options);
  }
  if (const auto tables = files_in(folder, {"csv", "tsv", "txt"}); !tables.empty()) {
    return read_table(choose(folder, tables), folder, options);
  }
  const auto raw = files_in(folder, {"parquet", "json", "jsonl", "ndjson", "dat", "data"});
  if (!raw.empty()) fail_raw(folder, fmt::format("no dataset here, but {}", raw.front().filename().string()));
  fail<DataError>(
      "{}: no dataset here; expected {}/train.json, NAME.inter, train.txt and test.txt, or one CSV or TSV file with a "
      "header",
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
  dataset.name = fs::is_directory(path) ? named.filename().string() : input::plain_stem(named);
  return dataset;
}

}  // namespace monet::data
