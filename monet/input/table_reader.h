#pragma once

#include "monet/input/bad_lines.h"
#include "monet/input/line_reader.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace monet::input {

/// Walks the records of a delimited text of any size (CSV, TSV), one in memory at a time. Fields that begin with a
/// double quote are quoted as in RFC 4180; in a table separated by tabs, a quote that does not close before the next
/// tab is an ordinary character.
class TableReader {
 public:
  /// `separator` '\0' finds it from the first line. Without `has_header` the columns are called 1, 2, …. Throws
  /// DataError: an empty text, no separator.
  TableReader(LineReader& lines, char separator, bool has_header);

  const std::vector<std::string>& header() const { return header_; }
  char separator() const { return separator_; }

  /// Goes to the next record that can be read; false at the end. Throws DataError with the place when there is no such
  /// and `bad_lines` refuses.
  bool next(BadLines& bad_lines);
  std::string_view field(std::size_t column) const { return fields_[column]; }
  /// The line on which the record begins.
  Index line() const { return line_; }
  const LineReader& lines() const { return lines_; }
  std::string where() const { return fmt::format("{}:{}", lines_.file(), line_); }

 private:
  bool next_line();
  void cut();
  void keep_record(std::string_view record);
  std::size_t read_quoted(std::string_view& record, std::size_t at);

  LineReader& lines_;
  char separator_;
  bool first_is_data_ = false;
  Index line_ = 0;
  std::vector<std::string> header_;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unescaped_;  // fields that held doubled quotes; a deque keeps views on them valid
  std::string joined_;                 // a record of several lines
};

}  // namespace monet::input
