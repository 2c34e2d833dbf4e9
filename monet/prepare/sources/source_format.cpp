#include "monet/prepare/sources/source_format.h"

#include "monet/data/columns.h"
#include "monet/data/lists.h"
#include "monet/data/text.h"
#include "monet/input/record_kind.h"
#include "monet/input/separator.h"
#include "monet/input/utf8.h"
#include "monet/prepare/sources/source.h"
#include "monet/prepare/sources/source_files.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string>
#include <vector>

namespace monet::prepare {

namespace {
std::vector<std::string> fields_of(std::string_view line, char separator) {
  std::vector<std::string> fields;
  std::istringstream stream{std::string(line)};
  for (std::string field; std::getline(stream, field, separator);) fields.emplace_back(input::trimmed(field));
  return fields;
}

bool is_number(const std::string& text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// Amazon's item ids are ten characters; its user ids are longer and begin with A.
bool looks_like_asin(const std::string& id) {
  return id.size() == 10;
}
bool looks_like_reviewer(const std::string& id) {
  return id.size() > 10 && id.front() == 'A';
}

/// A table without a header: which of its first two columns is the user?
Format headerless_format(const std::filesystem::path& path, const std::vector<std::string>& lines, char separator) {
  int user_first = 0;
  int item_first = 0;
  for (const std::string& line : lines) {
    const auto fields = fields_of(line, separator);
    if (fields.size() < 2) continue;
    if (looks_like_reviewer(fields[0]) && looks_like_asin(fields[1])) ++user_first;
    if (looks_like_asin(fields[0]) && looks_like_reviewer(fields[1])) ++item_first;
  }
  if (user_first > item_first) return Format::ratings_user_item;
  if (item_first > user_first) return Format::ratings_item_user;
  fail<DataError>(
      "{}:1: no header, and the first two columns do not say which is the user; give "
      "`format ratings-user-item` or ratings-item-user, or add a header line",
      path.string());
}

bool has_key(const std::string& line, std::string_view key) {
  return line.find(fmt::format("\"{}\"", key)) != std::string::npos;
}

/// By the keys of the first line, or of what else was read where that holds none.
Format format_of_records(const std::string& text) {
  constexpr std::size_t kShortest = 10;
  std::string line = text.substr(0, text.find('\n'));
  if (line.size() < kShortest) line = text;

  if (has_key(line, "parent_asin")) return Format::amazon_2023;
  if (has_key(line, "reviewerID") && has_key(line, "asin")) {
    return has_key(line, "helpful") ? Format::amazon_2014 : Format::amazon_2018;
  }
  return Format::json_lines;
}
}  // namespace

Format format_of_file(const std::filesystem::path& path, char given_separator) {
  if (path.filename() == "u.data" || path.filename() == "ratings.dat") return Format::movielens;
  if (const std::string text = first_bytes(path); input::begins_with_records(text)) return format_of_records(text);
  constexpr std::size_t kLook = 100;
  const std::vector<std::string> lines = first_lines(path, kLook);
  if (lines.empty()) fail<DataError>("{}: empty; expected interactions", path.string());
  const std::string_view first = input::trimmed(lines.front());
  if (given_separator == '\0' && first.find("::") != std::string_view::npos) return Format::movielens;
  const char separator = given_separator != '\0' ? given_separator : input::detect_separator(first);
  if (separator == '\0' && data::looks_like_lists(fmt::format("{}\n", fmt::join(lines, "\n")))) return Format::lists;
  if (separator == '\0' && first.size() > 1 && first.find_first_not_of("0123456789") + 1 == first.size() &&
      first.back() == ':') {
    fail<DataError>(
        "{}:1: '{}' above the ratings of an item, as in the Netflix prize; write a table of user, item, rating and "
        "date",
        path.string(), first);
  }
  if (separator == '\0' && first.find(' ') != std::string_view::npos &&
      first.find_first_not_of("0123456789.- ") == std::string_view::npos) {
    fail<DataError>(
        "{}:1: not recognised, '{}' has blanks between what may be columns; separate them by tabs, commas, semicolons "
        "or bars",
        path.string(), data::excerpt(first));
  }
  if (separator == '\0') {
    fail<DataError>("{}:1: not recognised, the file begins with '{}'; give `format`, or a table with a header",
                    path.string(), data::excerpt(first));
  }
  const auto header = fields_of(first, separator);
  if (data::has_typed_header(header)) return Format::recbole;
  const bool has_header = std::none_of(header.begin(), header.end(), is_number);
  if (!has_header && header.size() >= 3 && header.size() <= 4) return headerless_format(path, lines, separator);
  return content_extension(path) == "inter" ? Format::mmrec : Format::table;
}

}  // namespace monet::prepare
