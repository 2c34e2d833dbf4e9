#pragma once

#include "monet/core/view.h"
#include "monet/input/separator.h"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace monet::data {

using input::describe_separator;
using input::detect_separator;

/// Walks the records of a delimited text (CSV, TSV) that has a header. Fields that begin with a double quote are quoted
/// as in RFC 4180 (they may hold separators, line ends and doubled quotes). Blank lines are passed over; a CR before
/// the line end is dropped. Each record must have as many fields as the header. Reads where the text lies: about 500
/// MB/s.
class DelimitedReader {
 public:
  /// `separator` '\0' finds it from the header. `file` stands for the text in messages. Throws DataError (empty text, a
  /// given separator that the header does not have).
  DelimitedReader(std::string_view text, std::string file, char separator = '\0');

  const std::vector<std::string>& header() const { return header_; }
  char separator() const { return separator_; }
  bool crlf() const { return crlf_; }
  bool byte_order_mark() const { return byte_order_mark_; }

  /// Goes to the next record; false at the end. Throws DataError naming file, line and remedy when its number of fields
  /// is not the header's or a quote does not close.
  bool next();
  /// Field of the current record; valid until `next`.
  std::string_view field(std::size_t column) const { return fields_[column]; }
  /// The line on which the current record begins, from 1.
  Index line() const { return line_; }
  /// "FILE:LINE", for messages.
  std::string where() const;

 private:
  bool read_record();
  const char* read_quoted(const char* at);
  [[noreturn]] void fail_fields(const char* begin) const;

  std::string file_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  char separator_ = '\0';
  Index line_ = 0;
  Index next_line_ = 1;
  bool crlf_ = false;
  bool byte_order_mark_ = false;
  std::vector<std::string> header_;
  std::vector<std::string_view> fields_;
  std::deque<std::string>
      unescaped_;  // fields of this record that held doubled quotes; a deque keeps views on them valid
};

}  // namespace monet::data
