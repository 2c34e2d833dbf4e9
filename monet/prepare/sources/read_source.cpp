#include "monet/prepare/sources/read_source.h"

#include "monet/core/files/hash.h"
#include "monet/data/columns.h"
#include "monet/data/id_map.h"
#include "monet/data/text.h"
#include "monet/input/json_record.h"
#include "monet/input/python_record.h"
#include "monet/input/table_reader.h"
#include "monet/input/utf8.h"
#include "monet/prepare/columnar/read_columnar.h"
#include "monet/prepare/records/record_interactions.h"
#include "monet/prepare/sources/parquet_source.h"
#include "monet/prepare/tables/movielens.h"
#include "monet/prepare/tables/table_interactions.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
/// Opens a file, lets `read` read its lines, and notes what was read.
template <class Read>
void with_lines(std::string role, const fs::path& path, const input::Watch& watch, std::vector<SourceFile>& files,
                Read&& read) {
  input::FileStream stream(path, watch);
  input::LineReader lines(stream, path.string());
  read(lines);
  files.push_back({std::move(role), path.filename().string(), stream.file_bytes(), stream.hash()});
}

/// Records of one file are all JSON or all Python; a Python dict mostly begins with another quote.
std::unique_ptr<input::RecordParser> parser_for(const fs::path& path) {
  const std::vector<std::string> first = first_lines(path, 1);
  if (!first.empty()) {
    std::string_view line = input::trimmed(first.front());
    if (line.starts_with('{')) line = input::trimmed(line.substr(1));
    if (line.starts_with('\'') || line.starts_with("u'") || line.starts_with("u\"")) {
      return std::make_unique<input::PythonRecordParser>();
    }
  }
  return std::make_unique<input::JsonRecordParser>();
}

bool is_double_colon(const fs::path& path) {
  const std::vector<std::string> first = first_lines(path, 1);
  return !first.empty() && first.front().find("::") != std::string::npos;
}

bool holds_records(const fs::path& path) {
  const std::vector<std::string> first = first_lines(path, 1);
  return !first.empty() && input::trimmed(first.front()).starts_with('{');
}

InteractionColumns with_defaults(InteractionColumns columns, const InteractionColumns& defaults) {
  const auto set = [](std::string& name, const std::string& value) {
    if (name.empty()) name = value;
  };
  set(columns.user, defaults.user);
  set(columns.item, defaults.item);
  set(columns.rating, defaults.rating);
  set(columns.time, defaults.time);
  return columns;
}

void read_headerless(input::LineReader& lines, const PrepareOptions& options, bool item_first,
                     input::BadLines& bad_lines, InteractionLog& log) {
  input::TableReader table(lines, options.separator, false);
  InteractionColumns places{"1", "2", "", ""};
  if (item_first) std::swap(places.user, places.item);
  if (table.header().size() > 2) places.rating = "3";
  if (table.header().size() > 3) places.time = "4";
  read_table_interactions(table, with_defaults(options.columns, places), bad_lines, log);
}

/// NGCF's and LightGCN's lists: a user, then her items, separated by blanks.
void read_lists(input::LineReader& lines, input::BadLines& bad_lines, InteractionLog& log) {
  constexpr std::string_view kBlanks = " \t";
  std::vector<std::string_view> words;
  while (lines.next()) {
    words.clear();
    for (std::string_view rest = lines.line();;) {
      rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
      if (rest.empty()) break;
      words.push_back(rest.substr(0, rest.find_first_of(kBlanks)));
      rest.remove_prefix(words.back().size());
    }
    bad_lines.guard(lines, [&] {
      for (const std::string_view word : words) {
        if (const data::ParsedId id = data::parse_id(word); !id.good()) {
          fail<DataError>("'{}' {}; expected a user's row number, then those of her items", data::excerpt(word),
                          id.problem);
        }
      }
      for (std::size_t item = 1; item < words.size(); ++item) log.add({words[0], words[item], {}, {}, -1});
    });
  }
  log.settle();
}

void read_file(const fs::path& path, Format format, const PrepareOptions& options, input::BadLines& bad_lines,
               input::LineReader& lines, InteractionLog& log) {
  switch (format) {
    case Format::amazon_2014:
    case Format::amazon_2018:
    case Format::amazon_2023:
    case Format::json_lines:
      read_record_interactions(lines, *parser_for(path), options.columns, bad_lines, log);
      return;
    case Format::lists: read_lists(lines, bad_lines, log); return;
    case Format::ratings_user_item: read_headerless(lines, options, false, bad_lines, log); return;
    case Format::ratings_item_user: read_headerless(lines, options, true, bad_lines, log); return;
    case Format::movielens:
      if (is_double_colon(path)) return read_movielens_ratings(lines, bad_lines, log);
      if (path.filename() == "u.data") return read_headerless(lines, options, false, bad_lines, log);
      break;
    case Format::maml: {
      input::TableReader table(lines, options.separator, true);
      read_table_interactions(table, with_defaults(options.columns, {"reviewerID", "asin", "", ""}), bad_lines, log);
      return;
    }
    case Format::table:
    case Format::parquet:  // not lines: read_columnar.h
    case Format::query:
    case Format::recbole:
    case Format::mmrec: break;
  }
  input::TableReader table(lines, options.separator, true);
  read_table_interactions(table, options.columns, bad_lines, log);
}

/// Gives row numbers the names that `map` has, and returns the names by row: a row without one is called by its number.
std::vector<std::string> rename(data::NameTable& numbers, const std::optional<data::IdMap>& map, const char* what) {
  std::vector<std::string> by_row = map ? map->names : std::vector<std::string>{};
  data::NameTable names;
  for (const std::string& number : numbers.take_names()) {
    const data::ParsedId row = data::parse_id(number);
    if (!row.good()) fail<DataError>("the {} id '{}' {}", what, data::excerpt(number), row.problem);
    const auto at = static_cast<std::size_t>(row.value);
    if (at >= by_row.size()) by_row.resize(at + 1);
    if (by_row[at].empty()) by_row[at] = number;
    const std::int32_t before = names.size();
    if (names.add(by_row[at]) != before) {
      fail<DataError>("the {}s of two rows are both called '{}'", what, data::excerpt(by_row[at]));
    }
  }
  numbers = std::move(names);
  return by_row;
}

/// Whether a table's rows are the items in order: as many as there are, and their ids (if any) are not the items'.
bool is_in_row_order(const fs::path& path, const PrepareOptions& options, std::size_t rows, const Catalogue& catalogue,
                     const input::Watch& watch) {
  input::FileStream stream(path, watch);
  input::LineReader lines(stream, path.string());
  input::TableReader table(lines, '\0', true);
  int id = data::column_of(table, data::ColumnRole::item, options.item_columns.id);
  input::BadLines any(true);
  std::size_t count = 0;
  std::size_t matched = 0;
  while (table.next(any)) {
    ++count;
    if (id >= 0 && catalogue.knows(input::trimmed(table.field(static_cast<std::size_t>(id))))) ++matched;
  }
  return count == rows && 2 * matched < count;
}
}  // namespace

SourceFile whole_file(std::string role, const fs::path& path) {
  return {std::move(role), path.filename().string(), static_cast<Index>(fs::file_size(path)), files::hash_file(path)};
}

void read_interactions(const Source& source, const PrepareOptions& options, const input::Watch& watch,
                       input::BadLines& bad_lines, InteractionLog& log, std::vector<SourceFile>& files) {
  if (source.format == Format::parquet || source.format == Format::query) {
    return read_columnar_interactions(source, options, watch, bad_lines, log, files);
  }
  for (std::size_t file = 0; file < source.interactions.size(); ++file) {
    const fs::path& path = source.interactions[file];
    if (!source.parts.empty()) log.set_part(source.parts[file]);
    with_lines("interactions", path, watch, files,
               [&](input::LineReader& lines) { read_file(path, source.format, options, bad_lines, lines, log); });
  }
}

void read_catalogue(const Source& source, const PrepareOptions& options, const std::vector<std::string>& row_names,
                    const input::Watch& watch, input::BadLines& bad_lines, Catalogue& catalogue,
                    std::vector<SourceFile>& files) {
  const fs::path& path = source.catalogue;
  if (!source.has_catalogue()) return;
  if (!source.catalogue_query.empty() || is_parquet_place(path)) {
    return read_columnar_catalogue(source, options, watch, bad_lines, catalogue, files);
  }
  with_lines("catalogue", path, watch, files, [&](input::LineReader& lines) {
    if (path.filename() == "u.item") return read_movielens_items(lines, bad_lines, catalogue);
    if (holds_records(path)) {
      return read_record_catalogue(lines, *parser_for(path), options.item_columns, bad_lines, catalogue);
    }
    if (is_double_colon(path) && content_extension(path) == "dat") {
      return read_movielens_movies(lines, bad_lines, catalogue);
    }
    const bool by_row = !row_names.empty() && is_in_row_order(path, options, row_names.size(), catalogue, watch);
    input::TableReader table(lines, '\0', true);
    read_table_catalogue(table, options.item_columns, by_row ? row_names : std::vector<std::string>{}, bad_lines,
                         catalogue);
  });
}

std::vector<std::string> name_mmrec_rows(const Source& source, InteractionLog& log, std::vector<SourceFile>& files) {
  const auto users = data::find_user_map(source.folder);
  const auto items = data::find_item_map(source.folder);
  if (users) files.push_back(whole_file("user names", users->file));
  if (items) files.push_back(whole_file("item names", items->file));
  rename(log.user_names, users, "user");
  return rename(log.item_names, items, "item");
}

}  // namespace monet::prepare
