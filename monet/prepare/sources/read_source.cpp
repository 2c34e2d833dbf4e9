#include "monet/prepare/sources/read_source.h"

#include "monet/core/files/hash.h"
#include "monet/core/files/io_error.h"
#include "monet/data/columns.h"
#include "monet/data/id_map.h"
#include "monet/data/id_match.h"
#include "monet/data/interactions.h"
#include "monet/data/text.h"
#include "monet/input/file_lines.h"
#include "monet/input/record_kind.h"
#include "monet/input/table_reader.h"
#include "monet/input/utf8.h"
#include "monet/prepare/choose_keys.h"
#include "monet/prepare/columnar/read_columnar.h"
#include "monet/prepare/records/record_interactions.h"
#include "monet/prepare/sources/parquet_source.h"
#include "monet/prepare/sources/source_files.h"
#include "monet/prepare/sources/store_source.h"
#include "monet/prepare/tables/movielens.h"
#include "monet/prepare/tables/table_interactions.h"
#include "monet/store/export.h"

#include <algorithm>
#include <cerrno>
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

/// The same with its records.
template <class Read>
void with_records(std::string role, const fs::path& path, const input::Watch& watch, std::vector<SourceFile>& files,
                  Read&& read) {
  input::FileStream stream(path, watch);
  input::RecordReader records(stream, path.string());
  read(records, *input::parser_for(first_bytes(path)));
  files.push_back({std::move(role), path.filename().string(), stream.file_bytes(), stream.hash()});
}

bool is_double_colon(const fs::path& path) {
  const std::vector<std::string> first = first_lines(path, 1);
  return !first.empty() && first.front().find("::") != std::string::npos;
}

/// Whether a table of interactions was written by this program.
bool is_prepared(const fs::path& path) {
  return path.extension() == ".inter" && fs::is_regular_file(path.parent_path() / kManifest);
}

/// Which columns of a table say what, by a sample that is read on its own.
template <class Read>
InteractionColumns choose_columns(const fs::path& path, bool has_header, const PrepareOptions& options,
                                  input::BadLines& bad_lines, InteractionLog& log, Read&& usual_of) {
  input::FileLines sample(path);
  input::TableReader table(sample.lines, options.separator, has_header);
  const InteractionColumns usual = usual_of(table.header());
  const Survey survey = survey_table(table);
  const KeyChoice choice =
      choose_keys({survey, path.string(), true, options.columns, usual, options.events, is_prepared(path)});
  for (const std::string& note : choice.notes) bad_lines.note(note);
  log.read_as(choice.style);
  const auto or_none = [](const std::string& name) { return name.empty() ? std::string(data::kNoColumn) : name; };
  if (!choice.event.root.empty()) log.kinds.read_from(choice.event.root, !options.columns.event.empty());
  log.columns = {choice.user.root, choice.item.root, or_none(choice.rating.root), or_none(choice.time.root),
                 or_none(choice.event.root)};
  return log.columns;
}

void read_headerless(const fs::path& path, input::LineReader& lines, const PrepareOptions& options, bool item_first,
                     input::BadLines& bad_lines, InteractionLog& log) {
  const auto usual_of = [&](const std::vector<std::string>& header) {
    InteractionColumns places{"1", "2", "3", "4"};
    if (item_first) std::swap(places.user, places.item);
    if (header.size() < 4) places.time = std::string(data::kNoColumn);
    if (header.size() < 3) places.rating = std::string(data::kNoColumn);
    return places;
  };
  const InteractionColumns columns = choose_columns(path, false, options, bad_lines, log, usual_of);
  input::TableReader table(lines, options.separator, false);
  read_table_interactions(table, columns, bad_lines, log);
}

void read_with_header(const fs::path& path, input::LineReader& lines, const PrepareOptions& options,
                      const InteractionColumns& usual, input::BadLines& bad_lines, InteractionLog& log,
                      bool may_weigh = false) {
  InteractionColumns columns =
      choose_columns(path, true, options, bad_lines, log, [&](const std::vector<std::string>&) { return usual; });
  input::TableReader table(lines, options.separator, true);
  if (const auto weight = data::find_column(table.header(), data::ColumnRole::weight); weight && may_weigh) {
    columns.weight = table.header()[*weight];
    bad_lines.note(fmt::format("{}: interactions keep the weights in column {}", path.string(), columns.weight));
  }
  read_table_interactions(table, columns, bad_lines, log);
}

/// LightGCN's lists: a user, then her items, separated by blanks.
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
    case Format::lists: read_lists(lines, bad_lines, log); return;
    case Format::ratings_user_item: read_headerless(path, lines, options, false, bad_lines, log); return;
    case Format::ratings_item_user: read_headerless(path, lines, options, true, bad_lines, log); return;
    case Format::movielens:
      if (is_double_colon(path)) return read_movielens_ratings(lines, bad_lines, log);
      if (path.filename() == "u.data") return read_headerless(path, lines, options, false, bad_lines, log);
      break;
    case Format::maml: return read_with_header(path, lines, options, {"reviewerID", "asin", "", ""}, bad_lines, log);
    case Format::mmrec: return read_with_header(path, lines, options, {}, bad_lines, log, true);
    case Format::amazon_2014:
    case Format::amazon_2018:
    case Format::amazon_2023:
    case Format::json_lines:  // records, read elsewhere
    case Format::table:
    case Format::parquet:  // not lines: read_columnar.h
    case Format::query:
    case Format::store:
    case Format::recbole: break;
  }
  read_with_header(path, lines, options, {}, bad_lines, log, store::is_exported(path.parent_path()));
}

bool is_of_records(Format format) {
  return format == Format::amazon_2014 || format == Format::amazon_2018 || format == Format::amazon_2023 ||
         format == Format::json_lines;
}

/// The best column of a role that holds something, where the best by its name is empty; else nothing, and the name
/// decides.
std::string filled_column(const Survey& survey, data::ColumnRole role) {
  std::vector<std::pair<std::size_t, const KeySurvey*>> ranked;
  for (const KeySurvey& key : survey.keys) {
    if (const auto rank = data::rank_of_name(key.root, role)) ranked.emplace_back(*rank, &key);
  }
  std::sort(ranked.begin(), ranked.end());
  const auto filled =
      std::find_if(ranked.begin(), ranked.end(), [](const auto& column) { return column.second->filled > 0; });
  return filled == ranked.end() || filled == ranked.begin() ? std::string() : filled->second->root;
}

/// The columns of a catalogue that is a table, by a sample of it.
ItemColumns choose_item_columns(const fs::path& path, ItemColumns columns, input::BadLines& bad_lines,
                                Catalogue& catalogue) {
  input::FileLines sample(path);
  input::TableReader table(sample.lines, '\0', true, true);
  const Survey survey = survey_table(table);
  std::vector<std::string> notes;
  const KeyPlace id = choose_item_key(
      survey, path.string(), columns.id, [&](std::string_view known) { return catalogue.knows(known); }, true, notes,
      catalogue.called());
  for (const std::string& note : notes) bad_lines.note(note);
  columns.id = id.root;
  using data::ColumnRole;
  for (auto [role, named] :
       {std::pair(ColumnRole::title, &columns.title), std::pair(ColumnRole::category, &columns.categories),
        std::pair(ColumnRole::brand, &columns.brand), std::pair(ColumnRole::price, &columns.price),
        std::pair(ColumnRole::image, &columns.image)}) {
    if (named->empty()) *named = filled_column(survey, role);
  }
  if (columns.description.empty()) {
    if (std::string filled = filled_column(survey, ColumnRole::description); !filled.empty()) {
      columns.description = {std::move(filled)};
    }
  }
  const auto key = std::find_if(survey.keys.begin(), survey.keys.end(),
                                [&](const KeySurvey& column) { return data::is_named(column.root, columns.id); });
  catalogue.read_ids_as(key != survey.keys.end() && holds_whole_floats(*key));
  return columns;
}

/// Gives row numbers the names that `map` has, and returns the names by row: a row without one is called by its number.
/// `place`: of the `interactions`, for messages.
std::vector<std::string> rename(data::NameTable& numbers, const std::optional<data::IdMap>& map, const char* what,
                                const std::string& place, Index interactions) {
  std::vector<std::string> by_row = map ? map->names : std::vector<std::string>{};
  data::NameTable names;
  for (const std::string& number : numbers.take_names()) {
    const data::ParsedId row = data::parse_id(number);
    if (!row.good()) fail<DataError>("{}: the {} id '{}' {}", place, what, data::excerpt(number), row.problem);
    const auto at = static_cast<std::size_t>(row.value);
    if (at >= by_row.size()) {
      data::require_plausible({row.value, place}, what, interactions);
      by_row.resize(at + 1);
    }
    if (by_row[at].empty()) by_row[at] = number;
    const std::int32_t before = names.size();
    if (names.add(by_row[at]) != before) {
      fail<DataError>("{}: the {}s of two rows are both called '{}'", place, what, data::excerpt(by_row[at]));
    }
  }
  numbers = std::move(names);
  return by_row;
}

/// Whether the rows of a table are the items in order: nothing says otherwise, or a column of ids that only counts
/// them, which is noted.
bool is_in_row_order(const fs::path& path, const PrepareOptions& options, const std::vector<std::string>& row_names,
                     const Catalogue& catalogue, input::BadLines& bad_lines) {
  input::FileLines file(path);
  input::TableReader table(file.lines, '\0', true, true);
  int id = data::column_of(table, data::ColumnRole::item, options.item_columns.id);
  for (std::size_t column = 0; column < table.header().size() && id < 0; ++column) {
    if (data::is_named(table.header()[column], "id")) id = static_cast<int>(column);
  }
  if (id < 0) return true;
  const auto place = static_cast<std::size_t>(id);
  if (data::is_named(table.header()[place], "itemID")) return false;
  data::RowCount count;
  std::size_t rows = 0;
  // Where items have no names but their numbers from 0 on, ids from 1 on are known but for the last.
  const bool unnamed = data::are_row_numbers(row_names);
  std::size_t known = 0;
  for (input::BadLines any(true); (unnamed || known == 0) && table.next(any); ++rows) {
    const std::string_view name = input::trimmed(table.field(place));
    known += catalogue.knows(name) ? 1 : 0;
    count.take(name);
  }
  const std::size_t may_be_known = unnamed ? rows - std::min<std::size_t>(rows, 1) : 0;
  if (known > may_be_known || rows != row_names.size() || !count.counts()) return false;
  bad_lines.note(fmt::format("{}: the column {} counts the rows: row n is taken for item n", path.string(),
                             table.header()[place]));
  return true;
}
}  // namespace

SourceFile whole_file(std::string role, const fs::path& path) {
  if (fs::is_directory(path)) files::fail_io(path, "read", EISDIR);
  return {std::move(role), path.filename().string(), static_cast<Index>(fs::file_size(path)), files::hash_file(path)};
}

void read_interactions(const Source& source, const PrepareOptions& options, const input::Watch& watch,
                       input::BadLines& bad_lines, InteractionLog& log, std::vector<SourceFile>& files) {
  if (source.format == Format::parquet || source.format == Format::query) {
    return read_columnar_interactions(source, options, watch, bad_lines, log, files);
  }
  if (source.format == Format::store) return read_store_interactions(source, options, watch, log, files);
  for (std::size_t file = 0; file < source.interactions.size(); ++file) {
    const fs::path& path = source.interactions[file];
    if (!source.parts.empty()) log.set_part(source.parts[file]);
    if (is_of_records(source.format)) {
      with_records("interactions", path, watch, files, [&](input::RecordReader& records, input::RecordParser& parser) {
        read_record_interactions(records, parser, options.columns, bad_lines, log);
      });
      continue;
    }
    with_lines("interactions", path, watch, files,
               [&](input::LineReader& lines) { read_file(path, source.format, options, bad_lines, lines, log); });
  }
}

void read_catalogue(const Source& source, const PrepareOptions& options, const std::vector<std::string>& row_names,
                    const input::Watch& watch, input::BadLines& bad_lines, Catalogue& catalogue,
                    std::vector<SourceFile>& files) {
  const fs::path& path = source.catalogue;
  if (!source.has_catalogue()) return;
  if (source.has_items) return read_store_catalogue(source, watch, catalogue, files);
  if (!source.catalogue_query.empty() || is_parquet_place(path)) {
    return read_columnar_catalogue(source, options, watch, bad_lines, catalogue, files);
  }
  if (path.filename() != "u.item" && input::begins_with_records(first_bytes(path))) {
    with_records("catalogue", path, watch, files, [&](input::RecordReader& records, input::RecordParser& parser) {
      read_record_catalogue(records, parser, options.item_columns, bad_lines, catalogue);
    });
    return;
  }
  with_lines("catalogue", path, watch, files, [&](input::LineReader& lines) {
    if (path.filename() == "u.item") return read_movielens_items(lines, bad_lines, catalogue);
    if (is_double_colon(path) && content_extension(path) == "dat") {
      return read_movielens_movies(lines, bad_lines, catalogue);
    }
    const bool by_row = !row_names.empty() && is_in_row_order(path, options, row_names, catalogue, bad_lines);
    input::TableReader table(lines, '\0', true, true);
    catalogue.read_ids_as(false);
    const ItemColumns columns =
        by_row ? options.item_columns : choose_item_columns(path, options.item_columns, bad_lines, catalogue);
    read_table_catalogue(table, columns, row_names, by_row, bad_lines, catalogue);
  });
}

std::vector<std::string> name_mmrec_rows(const Source& source, InteractionLog& log, std::vector<SourceFile>& files) {
  const auto users = data::find_user_map(source.folder);
  const auto items = data::find_item_map(source.folder);
  if (users) files.push_back(whole_file("user names", users->file));
  if (items) files.push_back(whole_file("item names", items->file));
  const std::string place = source.interactions.front().string();
  rename(log.user_names, users, "user", place, log.size());
  return rename(log.item_names, items, "item", place, log.size());
}

}  // namespace monet::prepare
