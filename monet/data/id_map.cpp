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

/// Where name and number stand in `item_list.txt` of LightGCN ("org_id remap_id") and KGAT, which has more columns.
constexpr std::string_view kWordEnds = " \t";

struct ListHeader {
  std::size_t name = 0;
  std::size_t number = 0;
};

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

std::optional<ListHeader> header_of(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  const auto name = std::find(words.begin(), words.end(), "org_id");
  const auto number = std::find(words.begin(), words.end(), "remap_id");
  if (name == words.end() || number == words.end()) return std::nullopt;
  return ListHeader{static_cast<std::size_t>(name - words.begin()), static_cast<std::size_t>(number - words.begin())};
}

std::optional<std::pair<std::string_view, std::string_view>> columns_of(std::string_view line,
                                                                        const ListHeader& header) {
  const std::vector<std::string_view> words = words_of(line);
  if (std::max(header.name, header.number) >= words.size()) return std::nullopt;
  return std::pair(words[header.name], words[header.number]);
}

std::optional<IdMap> find_map(const std::filesystem::path& folder, std::initializer_list<const char*> candidates) {
  for (const char* name : candidates) {
    const auto path = folder / name;
    if (!std::filesystem::exists(path)) continue;
    const files::MappedFile file(path);
    files::refuse_foreign_file(path.string(), file.text(), files::Wanted::table);
    return parse_id_map(file.text(), path.string());
  }
  return std::nullopt;
}
}  // namespace

IdMap parse_id_map(std::string_view text, const std::string& file) {
  IdMap map;
  map.file = file;
  input::MemoryStream stream(text);
  input::LineReader lines(stream, file);
  const Index most_rows =
      plausible_rows(std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }));
  NameTable names;
  bool first = true;
  bool number_first = false;
  std::optional<ListHeader> header;
  while (lines.next()) {
    const std::string_view line = lines.line();
    const Index number = lines.number();
    if (trimmed(line).empty()) continue;
    const bool may_be_header = std::exchange(first, false);
    auto columns = cut(line);
    if (!columns) fail<DataError>("{}:{}: '{}' is not 'name<tab>number'", file, number, excerpt(line));
    if (may_be_header) header = header_of(line);
    if (may_be_header && header) continue;
    if (header) columns = columns_of(line, *header);
    if (!columns) fail<DataError>("{}:{}: '{}' has fewer columns than the header", file, number, excerpt(line));
    if (may_be_header && (columns->first == "userID" || columns->first == "itemID")) {
      number_first = true;
      continue;
    }
    if (number_first) std::swap(columns->first, columns->second);
    const auto& [name, digits] = *columns;
    const ParsedId id = parse_id(digits);
    if (!id.good()) {
      if (may_be_header) continue;
      fail<DataError>("{}:{}: row number '{}' {}", file, number, excerpt(digits), id.problem);
    }
    if (id.value >= most_rows) {
      fail<DataError>("{}:{}: row number {} is absurd for a file of this length", file, number, id.value);
    }
    const auto row = static_cast<std::size_t>(id.value);
    if (row >= map.names.size()) map.names.resize(row + 1);
    std::string plain(trimmed(unquoted(name)));
    if (plain.empty()) fail<DataError>("{}:{}: row {} has no name", file, number, id.value);
    if (!map.names[row].empty()) {
      fail<DataError>("{}:{}: row {} is named twice, '{}' and '{}'", file, number, id.value, excerpt(map.names[row]),
                      excerpt(plain));
    }
    const auto known = names.size();
    if (names.add(plain) < known) {
      fail<DataError>("{}:{}: the name '{}' is there twice; names must be unique", file, number, excerpt(plain));
    }
    map.names[row] = std::move(plain);
  }
  return map;
}

std::optional<IdMap> find_user_map(const std::filesystem::path& folder) {
  return find_map(folder, {"u_id_mapping.csv", "user_list.txt"});
}

std::optional<IdMap> find_item_map(const std::filesystem::path& folder) {
  return find_map(folder, {"i_id_mapping.csv", "item_list.txt"});
}

}  // namespace monet::data
