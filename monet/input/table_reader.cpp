#include "monet/input/table_reader.h"

#include "monet/input/separator.h"
#include "monet/input/text.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

namespace monet::input {

namespace {
constexpr std::size_t kNone = std::string_view::npos;

/// The place of the quote that closes the one before `from`: doubled ones do not.
std::size_t closing_quote(std::string_view text, std::size_t from) {
  for (;;) {
    const std::size_t quote = text.find('"', from);
    if (quote == kNone || quote + 1 >= text.size() || text[quote + 1] != '"') return quote;
    from = quote + 2;
  }
}

/// The place of the quote that closes the one before `from` where backslashes escape quotes, as MySQL writes them: a
/// separator or nothing follows it. kNone: there is none, or no escaped quote before it.
std::size_t closing_behind_backslashes(std::string_view text, std::size_t from, char separator) {
  bool any = false;
  for (std::size_t at = from; at < text.size(); ++at) {
    if (text[at] == '\\') {
      any = any || (at + 1 < text.size() && text[at + 1] == '"');
      ++at;
    } else if (text[at] == '"') {
      const bool closes = at + 1 == text.size() || text[at + 1] == separator;
      return any && closes ? at : kNone;
    }
  }
  return kNone;
}

std::string without_backslashes(std::string_view inside) {
  std::string plain;
  for (std::size_t at = 0; at < inside.size(); ++at) {
    const bool escapes =
        inside[at] == '\\' && at + 1 < inside.size() && (inside[at + 1] == '"' || inside[at + 1] == '\\');
    plain.push_back(inside[escapes ? ++at : at]);
  }
  return plain;
}

/// How many fields a line has by itself; 0 when its quotes do not close.
std::size_t width_alone(std::string_view line, char separator) {
  std::size_t width = 0;
  for (std::size_t at = 0;;) {
    ++width;
    if (at < line.size() && line[at] == '"') {
      const std::size_t close = closing_quote(line, at + 1);
      if (close == kNone || (close + 1 < line.size() && line[close + 1] != separator)) return 0;
      at = close + 1;
    } else {
      at = std::min(line.find(separator, at), line.size());
    }
    if (at >= line.size()) return width;
    ++at;
  }
}

bool is_visible(char c) {
  return c > ' ' && c < 0x7f;
}
}  // namespace

TableReader::TableReader(LineReader& lines, char separator, bool has_header, bool may_be_one_column)
    : lines_(lines), separator_(separator), has_header_(has_header) {
  BadLines strict(false);
  if (!next_line(strict)) fail<DataError>("{}: empty; expected a table", lines_.file());
  const std::string first(lines_.line());
  find_separator(first, may_be_one_column);
  strict.guard_at(lines_, line_, [&] { cut(first, Quotes::as_usual); });
  end_record();
  for (std::string_view& field : fields_) field = unescaped_.emplace_back(field);  // `first` goes
  for (std::size_t column = 0; column < fields_.size(); ++column) {
    header_.push_back(has_header ? std::string(trimmed(fields_[column])) : std::to_string(column + 1));
  }
  for (std::size_t byte = 0; byte < begins_a_name_.size(); ++byte) {
    begins_a_name_[byte] = !is_visible(static_cast<char>(byte));  // what may be trimmed
  }
  for (const std::string& name : header_) {
    if (!name.empty()) begins_a_name_[static_cast<unsigned char>(name.front())] = true;
  }
  first_is_data_ = !has_header;
}

/// Of the line given, or of it and those behind it: a column's name may hold line ends, in quotes.
void TableReader::find_separator(std::string header, bool may_be_one_column) {
  constexpr int kMostLines = 20;
  const auto in_quotes = [&] { return std::count(header.begin(), header.end(), '"') % 2 != 0; };
  lines_.mark();
  for (int more = 0; more < kMostLines && in_quotes() && lines_.next_within_limit(); ++more) {
    header += '\n';
    header += lines_.line();
  }
  lines_.rewind();
  const char found = detect_separator(header);
  const auto has = [&](char separator) { return separator != '\0' && header.find(separator) != kNone; };
  if (separator_ != '\0') {
    if (found == '\0' || has(separator_)) return;
    fail<DataError>("{}: the header is separated by {}, not by {}; give the separator of the file", where(),
                    describe_separator(found), describe_separator(separator_));
  }
  separator_ = has(lines_.declared_separator()) ? lines_.declared_separator() : found;
  if (separator_ != '\0') return;
  if (!may_be_one_column) {
    fail<DataError>("{}: the first line is one column, '{}'; separate the columns by a tab, comma, semicolon or bar",
                    where(), excerpt(header));
  }
  separator_ = ',';
}

bool TableReader::next_line(BadLines& bad_lines) {
  do {
    if (!lines_.next(bad_lines)) return false;
  } while (lines_.line().empty() || (!is_visible(lines_.line().front()) && trimmed(lines_.line()).empty()));
  line_ = lines_.number();
  return true;
}

bool TableReader::next(BadLines& bad_lines) {
  if (first_is_data_) {
    first_is_data_ = false;
    return true;
  }
  while (next_line(bad_lines)) {
    try {
      read_record();
    } catch (const Unreadable&) {
      throw;
    } catch (const DataError& error) {
      bad_lines.refuse(lines_.file(), line_, error.what());
      pass_bad_record();
      continue;
    }
    if (!is_blank() && !repeats_header()) return true;
  }
  if (repeated_headers_ > 0) {
    bad_lines.note(fmt::format("{}: {} line{} the header and {} left out; the first is line {}", lines_.file(),
                               repeated_headers_, repeated_headers_ == 1 ? " repeats" : "s repeat",
                               repeated_headers_ == 1 ? "is" : "are", first_repeated_));
    repeated_headers_ = 0;
  }
  return false;
}

/// Cuts the record that begins on the current line; it has the width of the header, or is blank.
void TableReader::read_record() {
  cut(lines_.line(), Quotes::as_usual);
  const bool good = fields_.size() == header_.size() || fit() || is_blank() || read_quoting_always();
  if (!good) refuse_width();
  end_record();
}

/// Among tabs: whether the record has the right width when all quotes quote.
bool TableReader::read_quoting_always() {
  if (separator_ != '\t' || lines_.line().find('"') == kNone) return false;
  const std::string first(lines_.line());
  try {
    cut(first, Quotes::always);
    if (fields_.size() == header_.size() || fit()) {
      for (std::string_view& field : fields_) field = unescaped_.emplace_back(field);  // `first` goes
      return true;
    }
  } catch (const Unreadable&) {
    throw;
  } catch (const DataError&) {
    broken_quotes_ = false;
  }
  if (std::exchange(marked_, false)) lines_.rewind();
  joined_ = first;
  cut(joined_, Quotes::as_usual);  // what the line itself says is told of it
  return false;
}

void TableReader::end_record() {
  if (std::exchange(marked_, false)) lines_.forget_mark();
}

/// Whether the record has the header's width but for fields that say nothing; those are dropped or added.
bool TableReader::fit() {
  if (fields_.size() > header_.size()) {
    const auto extra = fields_.begin() + static_cast<std::ptrdiff_t>(header_.size());
    if (!std::all_of(extra, fields_.end(), [](std::string_view field) { return trimmed(field).empty(); })) return false;
    fields_.erase(extra, fields_.end());
    return true;
  }
  const auto missing = header_.begin() + static_cast<std::ptrdiff_t>(fields_.size());
  if (!std::all_of(missing, header_.end(), [](const std::string& name) { return name.empty(); })) return false;
  fields_.resize(header_.size());
  return true;
}

void TableReader::refuse_width() {
  const std::string_view line = lines_.line();
  const char seen = detect_separator(line);
  std::string remedy = "quote fields that hold the separator, and give every line all fields";
  if (fields_.size() == 1 && seen != '\0' && seen != separator_) {
    remedy = fmt::format("this line looks separated by {}; use one separator throughout", describe_separator(seen));
  } else if (line.find('\0') != std::string::npos) {
    remedy = "the line holds NUL bytes: the file is damaged here";
  }
  fail<DataError>("{} field{} where the first line has {} (separated by {}); {}", fields_.size(),
                  fields_.size() == 1 ? "" : "s", header_.size(), describe_separator(separator_), remedy);
}

/// Whether nothing is in it: spreadsheets write such records below a table.
bool TableReader::is_blank() const {
  if (!fields_.front().empty() && is_visible(fields_.front().front())) return false;
  return std::all_of(fields_.begin(), fields_.end(), [](std::string_view field) { return trimmed(field).empty(); });
}

/// Whether the record is the header once more, as in files that were put together.
bool TableReader::repeats_header() {
  // Most records end by a field that begins like no column's name.
  const std::string_view last = fields_.back();
  if (!has_header_ || (!last.empty() && !begins_a_name_[static_cast<unsigned char>(last.front())])) return false;
  const auto is_name = [&](std::string_view field) {
    return std::find(header_.begin(), header_.end(), trimmed(field)) != header_.end();
  };
  if (!is_name(fields_.front()) || header_.size() < 2) return false;
  if (!std::all_of(fields_.begin(), fields_.end(), is_name)) return false;
  for (std::size_t column = 0; column < header_.size(); ++column) {
    if (trimmed(fields_[column]) != header_[column]) {
      fail<Unreadable>("{}: another header begins here, whose columns come in another order; make each part a file",
                       where());
    }
  }
  if (repeated_headers_++ == 0) first_repeated_ = line_;
  return true;
}

/// Goes on behind a record that cannot be read: behind its first line where its quotes do not close, or where a line
/// that they took in is a whole record by itself.
void TableReader::pass_bad_record() {
  bool again = std::exchange(broken_quotes_, false);
  if (!std::exchange(marked_, false)) return;
  const Index last = lines_.number();
  lines_.rewind();
  if (again) return;
  lines_.mark();
  while (!again && lines_.number() < last && lines_.next_within_limit()) {
    again = header_.size() > 1 && width_alone(lines_.line(), separator_) == header_.size();
  }
  if (again) {
    lines_.rewind();
  } else {
    lines_.forget_mark();
  }
}

/// Cuts `record`, the current line, and those after it when a quoted field goes on there, into `fields_`.
void TableReader::cut(std::string_view record, Quotes quotes) {
  fields_.clear();
  kept_ = 0;
  if (!unescaped_.empty()) unescaped_.clear();
  std::size_t at = 0;
  for (;;) {
    if (at < record.size() && (record[at] == '"' || (record[at] == ' ' && separator_ != ' '))) {
      const std::size_t quote = record.find_first_not_of(' ', at);
      at = quote != kNone && record[quote] == '"' ? read_quoted(record, at, quote, quotes) : cut_plain(record, at);
    } else {
      at = cut_plain(record, at);
    }
    if (at >= record.size()) return;
    ++at;  // the separator
    if (at == record.size()) {
      fields_.emplace_back();
      return;
    }
  }
}

std::size_t TableReader::cut_plain(std::string_view record, std::size_t at) {
  const void* found = at < record.size() ? std::memchr(record.data() + at, separator_, record.size() - at) : nullptr;
  const std::size_t end =
      found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - record.data()) : record.size();
  fields_.push_back(record.substr(at, end - at));
  return end;
}

/// Moves `record`, and the fields cut from it, where reading another line does not touch them.
void TableReader::keep_record(std::string_view record) {
  const auto inside = [&](std::string_view field) {
    return !std::less<>()(field.data(), record.data()) && std::less<>()(field.data(), record.data() + record.size());
  };
  for (; kept_ < fields_.size(); ++kept_) {
    std::string_view& field = fields_[kept_];
    if (inside(field)) field = unescaped_.emplace_back(field);
  }
  if (record.data() != joined_.data()) joined_ = record;
}

void TableReader::add_quoted(std::string_view inside) {
  if (inside.find('"') == kNone) {
    fields_.push_back(inside);
    return;
  }
  std::string& plain = unescaped_.emplace_back();
  for (std::size_t i = 0; i < inside.size(); ++i) {
    plain.push_back(inside[i]);
    if (inside[i] == '"') ++i;
  }
  fields_.push_back(plain);
}

/// Reads the field that begins at `at` and whose opening quote is at `quote`; returns the place behind it. Takes in
/// more lines where it must.
std::size_t TableReader::read_quoted(std::string_view& record, std::size_t at, std::size_t quote, Quotes quotes) {
  // Among tabs, and with a space before it, a quote may be a character.
  const bool may_be_plain = (separator_ == '\t' && quotes == Quotes::as_usual) || quote > at;
  const Index opened = lines_.number();
  std::size_t searched = quote + 1;
  for (;;) {
    const std::size_t close = closing_quote(record, searched);
    if (close != kNone) {
      const std::size_t behind = separator_ == ' ' ? close + 1 : record.find_first_not_of(' ', close + 1);
      const std::size_t end = std::min(behind, record.size());
      const std::string_view inside = record.substr(quote + 1, close - quote - 1);
      const bool closed = end == record.size() || record[end] == separator_;
      if (closed && !(may_be_plain && separator_ == '\t' && inside.find('\t') != kNone)) {
        add_quoted(inside);
        return end;
      }
    }
    if (may_be_plain) return cut_plain(record, at);
    const bool worth_it = close != kNone || searched == quote + 1;  // not again with each line that is taken in
    const std::size_t last = worth_it ? closing_behind_backslashes(record, quote + 1, separator_) : kNone;
    if (last != kNone) {
      fields_.push_back(unescaped_.emplace_back(without_backslashes(record.substr(quote + 1, last - quote - 1))));
      return last + 1;
    }
    if (close != kNone) {
      broken_quotes_ = true;
      fail<DataError>("text after a closing quote; double the quotes inside a quoted field");
    }
    // Each line of `a","b` closes a field and opens one: such a record would go on to the end of the file, and the next
    // line would begin another.
    constexpr std::size_t kMostExtra = 100;
    if (!header_.empty() && fields_.size() > header_.size() + kMostExtra) {
      broken_quotes_ = true;
      fail<DataError>("the quoted fields do not end: more than {} where the first line has {}; close them",
                      header_.size() + kMostExtra, header_.size());
    }
    searched = record.size() + 1;
    keep_record(record);
    if (!std::exchange(marked_, true)) lines_.mark();
    if (record.size() > LineReader::kLongestLine || !lines_.next_within_limit()) {
      broken_quotes_ = true;
      fail<DataError>("a quoted field{} is not closed; close it, or double the quotes inside it",
                      opened != line_ ? fmt::format(", opened on line {},", opened) : "");
    }
    joined_ += '\n';
    joined_ += lines_.line();
    record = joined_;
  }
}

}  // namespace monet::input
