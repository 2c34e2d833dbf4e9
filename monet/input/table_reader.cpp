#include "monet/input/table_reader.h"

#include "monet/input/separator.h"
#include "monet/input/text.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace monet::input {

TableReader::TableReader(LineReader& lines, char separator, bool has_header) : lines_(lines), separator_(separator) {
  if (!next_line()) fail<DataError>("{}: empty; expected a table", lines_.file());
  if (separator_ == '\0') separator_ = detect_separator(lines_.line());
  if (separator_ == '\0') {
    fail<DataError>("{}: the first line is one column, '{}'; separate the columns by a tab, comma, semicolon or bar",
                    where(), excerpt(lines_.line()));
  }
  BadLines(false).guard(lines_, [&] { cut(); });
  for (std::size_t column = 0; column < fields_.size(); ++column) {
    header_.push_back(has_header ? std::string(trimmed(fields_[column])) : std::to_string(column + 1));
  }
  first_is_data_ = !has_header;
}

bool TableReader::next_line() {
  do {
    if (!lines_.next()) return false;
  } while (lines_.line().empty());
  line_ = lines_.number();
  return true;
}

bool TableReader::next(BadLines& bad_lines) {
  if (first_is_data_) {
    first_is_data_ = false;
    return true;
  }
  for (;;) {
    if (!next_line()) return false;
    bool good = false;
    bad_lines.guard_at(lines_, line_, [&] {
      cut();
      if (fields_.size() != header_.size()) {
        fail<DataError>(
            "{} field{} where the first line has {} (separated by {}); quote fields that hold the separator",
            fields_.size(), fields_.size() == 1 ? "" : "s", header_.size(), describe_separator(separator_));
      }
      good = true;
    });
    if (good) return true;
  }
}

/// Cuts the current line, and those after it when a quoted field goes on there, into `fields_`.
void TableReader::cut() {
  fields_.clear();
  unescaped_.clear();
  std::string_view record = lines_.line();
  std::size_t at = 0;
  for (;;) {
    if (at < record.size() && record[at] == '"') {
      at = read_quoted(record, at);
    } else {
      const void* found =
          at < record.size() ? std::memchr(record.data() + at, separator_, record.size() - at) : nullptr;
      const std::size_t end =
          found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - record.data()) : record.size();
      fields_.push_back(record.substr(at, end - at));
      at = end;
    }
    if (at >= record.size()) return;
    ++at;  // the separator
    if (at == record.size()) {
      fields_.emplace_back();
      return;
    }
  }
}

/// Moves `record`, and the fields cut from it, where reading another line does not touch them.
void TableReader::keep_record(std::string_view record) {
  const auto inside = [&](std::string_view field) {
    return !std::less<>()(field.data(), record.data()) && std::less<>()(field.data(), record.data() + record.size());
  };
  for (std::string_view& field : fields_) {
    if (inside(field)) field = unescaped_.emplace_back(field);
  }
  if (record.data() != joined_.data()) joined_ = record;
}

/// Reads the field whose opening quote is at `at`; returns the place behind it. Takes in more lines where it must.
std::size_t TableReader::read_quoted(std::string_view& record, std::size_t at) {
  const std::size_t field_begin = at;
  std::size_t from = at + 1;
  bool doubled = false;
  std::size_t quote = 0;
  for (;;) {
    quote = record.find('"', from);
    if (quote != std::string_view::npos) {
      if (quote + 1 < record.size() && record[quote + 1] == '"') {
        doubled = true;
        from = quote + 2;
        continue;
      }
      break;
    }
    if (separator_ == '\t') break;
    from = record.size() + 1;
    keep_record(record);
    if (record.size() > LineReader::kLongestLine || !lines_.next()) {
      fail<DataError>("a quoted field is not closed; close it, or double the quotes inside it");
    }
    joined_ += '\n';
    joined_ += lines_.line();
    record = joined_;
  }
  const bool closed =
      quote != std::string_view::npos && (quote + 1 == record.size() || record[quote + 1] == separator_);
  if (!closed && separator_ == '\t') {  // an ordinary character
    const std::size_t end = std::min(record.find(separator_, field_begin), record.size());
    fields_.push_back(record.substr(field_begin, end - field_begin));
    return end;
  }
  if (!closed) fail<DataError>("text after a closing quote; double the quotes inside a quoted field");
  const std::string_view inside = record.substr(field_begin + 1, quote - field_begin - 1);
  if (!doubled) {
    fields_.push_back(inside);
    return quote + 1;
  }
  std::string& plain = unescaped_.emplace_back();
  for (std::size_t i = 0; i < inside.size(); ++i) {
    plain.push_back(inside[i]);
    if (inside[i] == '"') ++i;
  }
  fields_.push_back(plain);
  return quote + 1;
}

}  // namespace monet::input
