#include "monet/artifact/id_table.h"

#include "monet/core/error.h"

#include <limits>
#include <utility>

namespace monet::artifact {

namespace {

std::string unescaped(std::string_view field, const std::string& place) {
  if (std::optional<std::string> text = unescape_field(field)) return *std::move(text);
  fail<DataError>("{}: damaged: '\\' is not followed by t, n, r or '\\'", place);
}

}  // namespace

IdTable::IdTable(std::vector<std::string> ids, std::vector<std::string> titles)
    : ids_(std::move(ids)), titles_(std::move(titles)) {
  if (ids_.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    fail<DataError>("{} ids are more than a 32-bit index can tell apart", ids_.size());
  }
  index_.reserve(ids_.size());
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    if (!index_.emplace(ids_[i], static_cast<std::int32_t>(i)).second) {
      fail<DataError>("the id '{}' occurs twice (rows {} and {})", ids_[i], index_.at(ids_[i]), i);
    }
  }
}

std::string_view IdTable::title(std::int32_t index) const {
  return titles_.empty() ? std::string_view() : titles_[static_cast<std::size_t>(index)];
}

std::optional<std::int32_t> IdTable::find(std::string_view id) const {
  const auto found = index_.find(id);
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

std::string escape_field(std::string_view field) {
  std::string text;
  text.reserve(field.size());
  for (const char c : field) {
    switch (c) {
      case '\t': text += "\\t"; break;
      case '\n': text += "\\n"; break;
      case '\r': text += "\\r"; break;
      case '\\': text += "\\\\"; break;
      default: text += c;
    }
  }
  return text;
}

std::optional<std::string> unescape_field(std::string_view field) {
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\') {
      text += field[i];
      continue;
    }
    const char code = ++i < field.size() ? field[i] : '\0';
    switch (code) {
      case 't': text += '\t'; break;
      case 'n': text += '\n'; break;
      case 'r': text += '\r'; break;
      case '\\': text += '\\'; break;
      default: return std::nullopt;
    }
  }
  return text;
}

std::string write_ids(std::span<const std::string> ids, std::span<const std::string> titles) {
  std::string text = titles.empty() ? "id\n" : "id\ttitle\n";
  for (std::size_t i = 0; i < ids.size(); ++i) {
    text += escape_field(ids[i]);
    if (!titles.empty()) text.append(1, '\t').append(escape_field(titles[i]));
    text += '\n';
  }
  return text;
}

IdTable parse_ids(std::string_view text, const std::filesystem::path& file) {
  std::vector<std::string> ids;
  std::vector<std::string> titles;
  bool with_titles = false;
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    const std::string place = fmt::format("{}:{}", file.string(), line_number);
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) fail<DataError>("{}: damaged: the last line is cut off", place);
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line_number == 1) {
      with_titles = line == "id\ttitle";
      if (!with_titles && line != "id") fail<DataError>("{}: damaged: the header is not 'id' or 'id⇥title'", place);
      continue;
    }
    const std::size_t tab = line.find('\t');
    if ((tab != std::string_view::npos) != with_titles) {
      fail<DataError>("{}: damaged: expected {} columns", place, with_titles ? 2 : 1);
    }
    ids.push_back(unescaped(line.substr(0, tab), place));
    if (with_titles) titles.push_back(unescaped(line.substr(tab + 1), place));
  }
  try {
    return IdTable(std::move(ids), std::move(titles));
  } catch (const DataError& error) {
    fail<DataError>("{}: damaged: {}", file.string(), error.what());
  }
}

}  // namespace monet::artifact
