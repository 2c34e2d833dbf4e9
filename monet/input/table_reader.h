#pragma once

#include "monet/input/bad_lines.h"
#include "monet/input/line_reader.h"

#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace monet::input {

/// Walks the records of a delimited text of any size, one in memory at a time: the reader of tables for everything that
/// reads them.
/// - Fields that begin with a double quote are quoted as in RFC 4180 and may go on over lines; spaces may stand around
///   the quotes. Where columns are separated by tabs, a quote that does not close before the next tab or line end is a
///   character, unless only quoting gives the record its number of fields.
/// - Passed over: blank lines, records of empty fields only, and (told at the end) lines that repeat the header.
/// - A record has as many fields as the header, but for empty ones behind the last and columns without a name.
/// - A record that cannot be read costs only itself: after a quote that does not close, the next line is read anew.
class TableReader {
 public:
  /// `separator` '\0' finds it from the first line. Without `has_header` the columns are called 1, 2, …. Throws
  /// DataError: an empty text, no separator (unless `may_be_one_column`), a given one that the header does not have.
  TableReader(LineReader& lines, char separator, bool has_header, bool may_be_one_column = false);

  /// The names, without spaces at the ends.
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
  enum class Quotes { as_usual, always };
  bool next_line(BadLines& bad_lines);
  void find_separator(std::string header, bool may_be_one_column);
  void read_record();
  bool read_quoting_always();
  void end_record();
  void cut(std::string_view record, Quotes quotes);
  void keep_record(std::string_view record);
  std::size_t read_quoted(std::string_view& record, std::size_t at, std::size_t quote, Quotes quotes);
  std::size_t cut_plain(std::string_view record, std::size_t at);
  void add_quoted(std::string_view inside);
  bool fit();
  bool is_blank() const;
  bool repeats_header();
  void pass_bad_record();
  [[noreturn]] void refuse_width();

  LineReader& lines_;
  char separator_;
  bool has_header_;
  std::array<bool, 256> begins_a_name_{};  // by the first byte of a field
  bool first_is_data_ = false;
  bool marked_ = false;         // the record goes on behind its first line
  bool broken_quotes_ = false;  // and its quotes do not say where it ends
  Index line_ = 0;
  Index repeated_headers_ = 0;
  Index first_repeated_ = 0;
  std::vector<std::string> header_;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unescaped_;  // fields that held doubled quotes; a deque keeps views on them valid
  std::string joined_;                 // a record of several lines
  std::size_t kept_ = 0;               // of `fields_`, those that reading another line does not touch
};

}  // namespace monet::input
