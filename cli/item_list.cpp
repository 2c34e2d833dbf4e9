#include "cli/item_list.h"

#include "monet/core/error.h"
#include "monet/core/files/mapped_file.h"
#include "monet/data/columns.h"
#include "monet/data/text.h"
#include "monet/input/utf8.h"
#include "monet/recommend/ids.h"
#include "cli/options.h"
#include "cli/usage_error.h"

#include <fmt/format.h>

#include <system_error>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

namespace monet::cli {

namespace {
using TakeLine = std::function<void(std::string_view, const std::string&)>;

void each_line(std::string_view text, const std::string& file, const TakeLine& take) {
  bool marked = false;
  text = data::without_byte_order_mark(text, file, marked);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) take(line, fmt::format("{}:{}", file, number));
  }
}
}  // namespace

void read_lines(const std::string& file, const std::function<void(std::string_view, const std::string&)>& take) {
  const files::MappedFile mapped{std::filesystem::path(file)};
  each_line(mapped.text(), file, take);
}

std::string read_id(std::string_view field, const std::string& place, const artifact::IdTable& table,
                    std::string_view kind, const std::string& table_file) {
  const std::optional<std::string> id = artifact::unescape_field(field);
  if (!id) fail<DataError>("{}: '\\' is not followed by t, n, r or '\\' in '{}'", place, data::excerpt(field));
  if (!table.find(*id)) {
    fail<DataError>("{}: unknown {} '{}'; {} lists the known ones", place, kind, data::excerpt(*id), table_file);
  }
  return *id;
}

namespace {
/// A line of a file of ids, where it may be meant otherwise than as tables of ids are written: an id as it is, with its
/// backslashes, or in quotes, as CSV writes it.
std::optional<std::string> id_meant(std::string_view line, const artifact::IdTable& table) {
  const auto escaped = artifact::unescape_field(line);
  if (escaped && table.find(*escaped)) return std::nullopt;
  if (table.find(std::string(line))) return std::string(line);
  if (line.size() < 2 || !line.starts_with('"') || !line.ends_with('"')) return std::nullopt;
  std::string plain;
  for (std::size_t at = 1; at + 1 < line.size(); ++at) {
    plain += line[at];
    if (line[at] == '"' && line[at + 1] == '"') ++at;
  }
  return table.find(plain) ? std::optional(plain) : std::nullopt;
}

std::vector<std::string> ids_of_file(const std::string& option, const std::string& file, const KnownIds& known) {
  std::vector<std::string> ids;
  bool first_line = true;
  const auto take = [&](std::string_view line, const std::string& place) {
    line = input::trimmed(line);
    if (line.empty()) return;
    const bool first = std::exchange(first_line, false);
    if (auto id = id_meant(line, known.table)) return ids.push_back(std::move(*id));
    // A header, as tables have it.
    const data::ColumnRole role = known.kind == "user" ? data::ColumnRole::user : data::ColumnRole::item;
    if (first && !known.table.find(std::string(line)) && data::rank_of_name(line, role)) return;
    ids.push_back(read_id(line, place, known.table, known.kind, known.table_file));
  };
  if (file == "-") {
    const std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
    each_line(text, "standard input", take);
  } else {
    read_lines(file, take);
  }
  if (ids.empty()) fail<DataError>("{}: {} names no {}; expected one id a line", option, file, known.kind);
  return ids;
}
}  // namespace

std::vector<std::string> ids_of_option(const std::string& option, const std::string& value, const KnownIds& known,
                                       std::string_view remedy) {
  const auto is_known = [&](const std::string& id) { return known.table.find(id).has_value(); };
  if (value.starts_with('@')) {
    return is_known(value) ? std::vector<std::string>{value} : ids_of_file(option, value.substr(1), known);
  }
  std::vector<std::string> ids = split_list(value);
  if (!std::all_of(ids.begin(), ids.end(), is_known)) {
    if (is_known(value)) return {value};
    const char* quoting = value.find(',') == std::string::npos || value.find('"') != std::string::npos
                              ? ""
                              : "; an id that holds a comma is put in quotes: '\"A, B\"'";
    recommend::find_all(
        known.table, ids, fmt::format("{}s in {}", known.kind, option),
        fmt::format("{} lists the known ones{}{}{}", known.table_file, remedy.empty() ? "" : "; ", remedy, quoting));
  }
  return ids;
}

std::vector<std::string> ids_or_file_of_option(const std::string& option, const std::string& value,
                                               const KnownIds& known) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(value, ignored)) return ids_of_file(option, value, known);
  return ids_of_option(option, value, known, "there is no file of that name");
}

CLI::Option* add_ids(CLI::App& app, const std::string& name, std::string& target, const std::string& description) {
  return add_value(app, name, "A,B,…|@FILE", description, [&target, name](const std::string& text) {
    if (!text.starts_with('@') && split_list(text).empty()) {
      fail<UsageError>("{}: '{}' names nothing; expected A,B,… or @FILE", name, text);
    }
    target = text;
  });
}

}  // namespace monet::cli
