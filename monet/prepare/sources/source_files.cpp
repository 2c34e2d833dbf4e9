#include "monet/prepare/sources/source_files.h"

#include "monet/duckdb/parquet_files.h"
#include "monet/input/byte_stream.h"
#include "monet/input/line_reader.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <atomic>
#include <span>

namespace monet::prepare {

namespace fs = std::filesystem;

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().front() == '.') continue;
    if (entry.is_regular_file() || duckdb::is_table_folder(entry.path())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_table_or_records(const fs::path& path) {
  return is_one_of(content_extension(path),
                   {"json", "jsonl", "ndjson", "csv", "tsv", "txt", "dat", "inter", "data", "parquet", "parq", "pq"}) ||
         fs::is_directory(path);
}

bool is_called_as_compressed(const fs::path& path) {
  return content_extension(path).empty() && path.has_extension();
}

bool is_catalogue_name(const fs::path& path) {
  const std::string stem = plain_stem(path);
  return stem.starts_with("meta_") ||
         is_one_of(stem, {"catalogue", "catalog", "items", "products", "movies", "articles", "metadata", "u"});
}

std::vector<std::string> first_lines(const fs::path& path, std::size_t count) {
  input::Observer silent;
  const std::atomic<bool> never{false};
  input::FileStream stream(path, {silent, never});
  input::LineReader lines(stream, path.string());
  std::vector<std::string> found;
  while (found.size() < count && lines.next()) {
    if (!input::trimmed(lines.line()).empty()) found.emplace_back(lines.line());
  }
  return found;
}

std::string first_bytes(const fs::path& path) {
  input::Observer silent;
  const std::atomic<bool> never{false};
  input::FileStream stream(path, {silent, never});
  std::string text(std::size_t{1} << 16, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const std::size_t count = stream.read(std::span(text).subspan(length));
    if (count == 0) break;
    length += count;
  }
  text.resize(length);
  return text;
}

}  // namespace monet::prepare
