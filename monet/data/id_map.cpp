#include "monet/data/id_map.h"

#include "monet/core/files/foreign.h"
#include "monet/core/files/mapped_file.h"
#include "monet/data/interactions.h"
#include "monet/data/name_table.h"
#include "monet/data/text.h"
#include "monet/input/line_reader.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace monet::data {

namespace {
using input::trimmed;

/// As pandas writes a name that holds a quote.
std::string unquoted(std::string_view name) {
  if (name.size() < 2 || name.front() != '"' || name.back() != '"') return std::string(name);
  std::string out;
  const std::string_view inside = name.substr(1, name.size() - 2);
  for (std::size_t i = 0; i < inside.size(); ++i) {
    out.push_back(inside[i]);
    if (inside[i] == '"' && i + 1 < inside.size() && inside[i + 1] == '"') ++i;
  }
  return out;
}

/// (name, number) of a line; nothing when it has one column.
std::optional<std::pair<std::string_view, std::string_view>> cut(std::string_view line) {
  auto at = line.rfind('\t');
  if (at == std::string_view::npos) at = line.find_last_of(", ");
  if (at == std::string_view::npos) return std::nullopt;
  return std::pair(trimmed(line.substr(0, at)), trimmed(line.substr(at + 1)));
}

constexpr std::string_view kWordEnds = " \t";

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(kWordEnds), line.size()));
    if (line.empty()) return words;
    const std::size_t end = std::min(line.find_first_of(kWordEnds), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::optional<IdMapLines::Header> header_of(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  const auto name = std::find(words.begin(), words.end(), "org_id");
  const auto number = std::find(words.begin(), words.end(), "remap_id");
  if (name == words.end() || number == words.end()) return std::nullopt;
  return IdMapLines::Header{static_cast<std::size_t>(name - words.begin()),
                            static_cast<std::size_t>(number - words.begin())};
}

std::optional<std::pair<std::string_view, std::string_view>> columns_of(std::string_view line,
                                                                        const IdMapLines::Header& header) {
  const std::vector<std::string_view> words = words_of(line);
  if (std::max(header.name, header.number) >= words.size()) return std::nullopt;
  return std::pair(words[header.name], words[header.number]);
}

std::optional<std::filesystem::path> first_of(const std::filesystem::path& folder,
                                              std::initializer_list<const char*> candidates) {
  for (const char* name : candidates) {
    if (std::filesystem::exists(folder / name)) return folder / name;
  }
  return std::nullopt;
}

std::optional<IdMap> read_map(const std::optional<std::filesystem::path>& path) {
  if (!path) return std::nullopt;
  const files::MappedFile file(*path);
  files::refuse_foreign_file(path->string(), file.text(), files::Wanted::table);
  return parse_id_map(file.text(), path->string());
}
}  // namespace

IdMapLines::IdMapLines(std::string file, Index line_ends)
    : file_(std::move(file)), most_rows_(plausible_rows(line_ends)) {}

std::optional<NamedRow> IdMapLines::read(std::string_view line, Index number) {
  if (trimmed(line).empty()) return std::nullopt;
  const bool may_be_header = std::exchange(first_, false);
  auto columns = cut(line);
  if (!columns) fail<DataError>("{}:{}: '{}' is not 'name<tab>number'", file_, number, excerpt(line));
  if (may_be_header) header_ = header_of(line);
  if (may_be_header && header_) return std::nullopt;
  if (header_) columns = columns_of(line, *header_);
  if (!columns) fail<DataError>("{}:{}: '{}' has fewer columns than the header", file_, number, excerpt(line));
  if (may_be_header && (columns->first == "userID" || columns->first == "itemID")) {
    number_first_ = true;
    return std::nullopt;
  }
  if (number_first_) std::swap(columns->first, columns->second);
  const auto& [name, digits] = *columns;
  const ParsedId id = parse_id(digits);
  if (!id.good()) {
    if (may_be_header) return std::nullopt;
    fail<DataError>("{}:{}: row number '{}' {}", file_, number, excerpt(digits), id.problem);
  }
  if (id.value >= most_rows_) {
    fail<DataError>("{}:{}: row number {} is absurd for a file of this length", file_, number, id.value);
  }
  std::string plain(trimmed(unquoted(name)));
  if (plain.empty()) fail<DataError>("{}:{}: row {} has no name", file_, number, id.value);
  return NamedRow{id.value, std::move(plain)};
}

void IdMapLines::refuse_row(Index number, std::int32_t row, std::string_view before, std::string_view name) const {
  fail<DataError>("{}:{}: row {} is named twice, '{}' and '{}'", file_, number, row, excerpt(before), excerpt(name));
}

void IdMapLines::refuse_name(Index number, std::string_view name) const {
  fail<DataError>("{}:{}: the name '{}' is there twice; names must be unique", file_, number, excerpt(name));
}

IdMap parse_id_map(std::string_view text, const std::string& file) {
  IdMap map;
  map.file = file;
  input::MemoryStream stream(text);
  input::LineReader lines(stream, file);
  IdMapLines rows(file, std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }));
  NameTable names;
  while (lines.next()) {
    std::optional<NamedRow> named = rows.read(lines.line(), lines.number());
    if (!named) continue;
    const auto row = static_cast<std::size_t>(named->row);
    if (row >= map.names.size()) map.names.resize(row + 1);
    if (!map.names[row].empty()) rows.refuse_row(lines.number(), named->row, map.names[row], named->name);
    const auto known = names.size();
    if (names.add(named->name) < known) rows.refuse_name(lines.number(), named->name);
    map.names[row] = std::move(named->name);
  }
  return map;
}

std::optional<std::filesystem::path> user_map_in(const std::filesystem::path& folder) {
  return first_of(folder, {"u_id_mapping.csv", "user_list.txt"});
}

std::optional<std::filesystem::path> item_map_in(const std::filesystem::path& folder) {
  return first_of(folder, {"i_id_mapping.csv", "item_list.txt"});
}

std::optional<IdMap> find_user_map(const std::filesystem::path& folder) {
  return read_map(user_map_in(folder));
}

std::optional<IdMap> find_item_map(const std::filesystem::path& folder) {
  return read_map(item_map_in(folder));
}

}  // namespace monet::data
