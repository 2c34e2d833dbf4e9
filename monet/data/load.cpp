#include "monet/data/load.h"

#include "monet/core/error.h"
#include "monet/data/five_core.h"
#include "monet/data/id_map.h"
#include "monet/data/interaction_table.h"
#include "monet/data/lists.h"
#include "monet/data/load_record.h"
#include "monet/data/split_files.h"
#include "monet/data/table_files.h"
#include "monet/input/archive.h"
#include "monet/input/file_lines.h"
#include "monet/input/record_kind.h"
#include "monet/input/table_reader.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <utility>

namespace monet::data {

namespace fs = std::filesystem;

namespace {
bool has_features(const fs::path& folder) {
  return std::any_of(fs::directory_iterator(folder), fs::directory_iterator(), [](const fs::directory_entry& entry) {
    return entry.path().filename().string().ends_with("_feat.npy");
  });
}

struct Found {
  Interactions interactions;
  std::string format;
};

/// How the tables of a folder are read. `map` is what the options may point to.
TableOptions options_in(const fs::path& folder, bool mmrec, const LoadOptions& options, std::optional<IdMap>& map) {
  TableOptions table = table_options(options, mmrec);
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
  if (fs::exists(path) && !fs::is_regular_file(path)) return;  // a pipe is read once
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
  const TableOptions table = options_in(folder, mmrec, options, map);
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
  return {read_split_tables(files, options_in(folder, mmrec, options, map)), mmrec ? "mmrec" : "csv"};
}

Found read_folder(const fs::path& folder, const LoadOptions& options) {
  if (options.core != LoadOptions().core && !fs::is_directory(folder / options.core)) {
    fail<DataError>("{}: there is no folder '{}' here; leave out `core`", folder.string(), options.core);
  }
  if (fs::is_directory(folder / options.core)) return {read_five_core(folder / options.core), "5-core"};
  if (const auto split = find_split_files(folder)) return read_split(*split, folder, options);
  if (const auto inter = tables_in(folder, {"inter"}); !inter.empty()) {
    return read_table(choose_table(folder, inter), folder, options);
  }
  if (const auto tables = tables_in(folder, {"csv", "tsv", "txt"}); !tables.empty()) {
    return read_table(choose_table(folder, tables), folder, options);
  }
  const auto raw = tables_in(folder, {"parquet", "json", "jsonl", "ndjson", "dat", "data"});
  if (!raw.empty()) fail_raw(folder, fmt::format("no dataset here, but {}", raw.front().filename().string()));
  fail<DataError>(
      "{}: no dataset here; expected {}/train.json, NAME.inter, train.txt and test.txt, or one CSV or TSV file with a "
      "header",
      folder.string(), options.core);
}
}  // namespace

Dataset load(const fs::path& path, const LoadOptions& options) {
  if (!input::exists(path)) fail<IoError>("{}: no such file or directory; check the path", path.string());
  fs::path folder = fs::is_directory(path) ? path : input::split_member_path(path).file.parent_path();
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
  if (options.split != LoadOptions().split && !found.interactions.split_on_reading) {
    found.interactions.notes.emplace_back(
        "the data has a split of its own, and `split-by` is not used; `monet prepare --split` splits anew");
  }
  Dataset dataset = assemble(std::move(found.interactions), folder, options);
  dataset.format = found.format;
  dataset.path = path.string();
  dataset.load_options = to_record(options);
  dataset.name = name_of(path);
  return dataset;
}

}  // namespace monet::data
