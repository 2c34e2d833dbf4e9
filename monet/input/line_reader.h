#pragma once

#include "monet/input/byte_stream.h"

#include <string>
#include <string_view>
#include <vector>

namespace monet::input {

/// The lines of a stream, one in memory at a time. LF and CRLF may mix; a byte-order mark is dropped.
class LineReader {
 public:
  /// A longer line is refused: something else than a table or one record per line.
  static constexpr std::size_t kLongestLine = std::size_t{16} << 20;
  /// Readable bytes behind every line, which a vectorised parser may touch.
  static constexpr std::size_t kPadding = 64;

  /// `file` stands for the stream in messages.
  LineReader(ByteStream& stream, std::string file);

  /// Goes to the next line; false at the end. Throws Unreadable: a line beyond the limit, UTF-16, and what the stream
  /// throws.
  bool next();
  /// The current line without its end; valid until `next`.
  std::string_view line() const { return line_; }
  /// Its number, from 1.
  Index number() const { return number_; }
  const std::string& file() const { return file_; }
  /// "FILE:LINE".
  std::string where() const;
  bool crlf() const { return crlf_; }
  bool byte_order_mark() const { return byte_order_mark_; }

 private:
  bool fill();
  void begin();

  ByteStream& stream_;
  std::string file_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;   // of what is not handed out
  std::size_t end_ = 0;  // of what was read
  bool begun_ = false;
  std::string_view line_;
  Index number_ = 0;
  bool crlf_ = false;
  bool byte_order_mark_ = false;
};

}  // namespace monet::input
