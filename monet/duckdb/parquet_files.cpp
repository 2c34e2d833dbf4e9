#include "monet/duckdb/parquet_files.h"

#include "monet/core/error.h"
#include "monet/duckdb/sql.h"

#include <glob.h>

#include <algorithm>
#include <fstream>

namespace monet::duckdb {

namespace fs = std::filesystem;

namespace {
bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('_') || name.starts_with('.');
}

bool is_partition(const fs::path& folder) {
  const std::string name = folder.filename().string();
  const std::size_t equals = name.find('=');
  return equals != std::string::npos && equals > 0;
}

bool is_parquet_name(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".parquet" || extension == ".parq" || extension == ".pq";
}

/// `part-00000-….snappy`, `part.0`, `data_0`, `000000000000`, `train-00000-of-00003`.
bool is_part_name(const fs::path& path) {
  const std::string stem = path.filename().string().substr(0, path.filename().string().find('.'));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (stem == "part" || stem.starts_with("part-") || stem.starts_with("part_")) return true;
  const std::size_t name_end = stem.find_last_not_of("0123456789") + 1;
  const bool numbered =
      name_end < stem.size() && std::all_of(stem.begin() + static_cast<std::ptrdiff_t>(name_end), stem.end(), is_digit);
  if (!numbered) return false;
  const std::string name = stem.substr(0, name_end);
  return name.empty() || name == "data_" || (name.ends_with("-of-") && name.size() > 4);
}

bool is_delta(const fs::path& folder) {
  return fs::is_directory(folder / "_delta_log");
}

bool is_iceberg(const fs::path& folder) {
  if (!fs::is_directory(folder / "metadata") || !fs::is_directory(folder / "data")) return false;
  const fs::directory_iterator entries(folder / "metadata");
  return std::any_of(begin(entries), end(entries), [](const fs::directory_entry& entry) {
    return entry.path().filename().string().ends_with(".metadata.json");
  });
}

void refuse_lake(const fs::path& folder) {
  if (!is_delta(folder) && !is_iceberg(folder)) return;
  fail<DataError>("{}: {} table, whose files hold old rows too; write its present rows as Parquet elsewhere",
                  folder.string(), is_delta(folder) ? "a Delta" : "an Iceberg");
}

bool holds_parquet(const fs::path& folder) {
  const fs::directory_iterator entries(folder);
  return std::any_of(begin(entries), end(entries), [](const fs::directory_entry& entry) {
    if (is_hidden(entry.path())) return false;
    return entry.is_directory() ? holds_parquet(entry.path()) : is_parquet(entry.path());
  });
}

void gather(const fs::path& folder, std::vector<fs::path>& files) {
  refuse_lake(folder);
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (is_hidden(entry.path())) continue;
    if (entry.is_directory()) {
      gather(entry.path(), files);
    } else if (is_parquet_name(entry.path()) || is_parquet(entry.path())) {
      files.push_back(entry.path());
    }
  }
}

std::vector<fs::path> matches(const fs::path& pattern) {
  glob_t found{};
  std::vector<fs::path> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t n = 0; n < found.gl_pathc; ++n) paths.emplace_back(found.gl_pathv[n]);
  }
  ::globfree(&found);
  return paths;
}

bool has_parquet(const std::vector<fs::path>& paths) {
  return std::any_of(paths.begin(), paths.end(), is_parquet);
}
}  // namespace

bool is_parquet(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  char magic[4] = {};
  std::ifstream(path, std::ios::binary).read(magic, sizeof(magic));
  return std::string_view(magic, sizeof(magic)) == "PAR1" || std::string_view(magic, sizeof(magic)) == "PARE";
}

bool is_table_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return false;
  if (is_delta(folder) || is_iceberg(folder)) return true;
  const bool called_so = is_parquet_name(folder) || fs::exists(folder / "_SUCCESS");
  const fs::directory_iterator entries(folder);
  return std::any_of(begin(entries), end(entries), [&](const fs::directory_entry& entry) {
    if (is_hidden(entry.path())) return false;
    if (entry.is_directory()) return (called_so || is_partition(entry.path())) && holds_parquet(entry.path());
    return (called_so || is_part_name(entry.path())) && is_parquet(entry.path());
  });
}

bool is_parquet_pattern(const fs::path& path) {
  return path.string().find_first_of("*?[") != std::string::npos && !fs::exists(path) &&
         (is_parquet_name(path) || has_parquet(matches(path)));
}

ParquetTable parquet_table(const fs::path& place) {
  ParquetTable table{place, {}};
  if (fs::is_directory(place)) {
    gather(place, table.files);
  } else if (fs::exists(place)) {
    table.files = {place};
  } else {
    for (const fs::path& path : matches(place)) {
      if (fs::is_directory(path)) {
        gather(path, table.files);
      } else {
        table.files.push_back(path);
      }
    }
  }
  std::sort(table.files.begin(), table.files.end());
  if (table.files.empty()) fail<DataError>("{}: no Parquet file here; check the path", place.string());
  for (const fs::path& file : table.files) {
    if (is_parquet(file)) continue;
    fail<DataError>(
        "{}: {}; write it again, or take it out of the folder", file.string(),
        fs::file_size(file) == 0 ? "an empty file where Parquet is expected" : "not Parquet, whatever its name");
  }
  return table;
}

std::string scan_of(const fs::path& file) {
  bool partitioned = false;
  for (const fs::path& part : file.parent_path()) partitioned = partitioned || is_partition(part);
  return "read_parquet(" + sql_text(file.string()) +
         fmt::format(", binary_as_string=true, hive_partitioning={}, hive_types_autocast=false)", partitioned);
}

}  // namespace monet::duckdb
