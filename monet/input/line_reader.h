#pragma once

#include "monet/input/byte_stream.h"

#include <string>
#include <string_view>
#include <vector>

namespace monet::input {

class BadLines;

/// The lines of a stream as UTF-8, one in memory at a time.
/// - Line ends: LF and CRLF may mix; where the first block that has any line end has CR alone, they are CR.
/// - Byte-order marks are dropped, at the start of any line (files that were put together); so is Excel's `sep=;`.
/// - A line that is no UTF-8 is read as Windows-1252, or, where most of what is beyond ASCII is UTF-8, its broken bytes
///   become U+FFFD.
class LineReader {
 public:
  /// A longer line is refused: something else than a table or one record per line.
  static constexpr std::size_t kLongestLine = std::size_t{16} << 20;
  /// Readable bytes behind every line, which a vectorised parser may touch.
  static constexpr std::size_t kPadding = 64;

  /// `file` stands for the stream in messages.
  LineReader(ByteStream& stream, std::string file);

  /// Goes to the next line; false at the end. Throws Unreadable: a line beyond the limit, UTF-16, a file that begins
  /// with NUL bytes, and what the stream throws.
  bool next();
  /// The same, but a line beyond the limit is one of `bad_lines`, which also hear how the text was encoded.
  bool next(BadLines& bad_lines);
  /// The same, but false at a line beyond the limit too.
  bool next_within_limit();

  /// The current line without its end; valid until the next one is read.
  std::string_view line() const { return line_; }
  /// Its number, from 1.
  Index number() const { return number_; }
  const std::string& file() const { return file_; }
  /// "FILE:LINE".
  std::string where() const;
  /// The next line is line `number` of the file: the stream leaves out what is before it.
  void go_on_at(Index number) { number_ = number - 1; }

  /// Keeps what follows the current line, so that `rewind` can go back to it.
  void mark();
  /// Makes the line behind the marked one the next, and forgets the mark.
  void rewind();
  void forget_mark() { mark_ = kNowhere; }

  bool crlf() const { return crlf_; }
  bool byte_order_mark() const { return byte_order_mark_; }
  /// The separator that a first line `sep=;` gives; '\0' when there is none.
  char declared_separator() const { return declared_separator_; }
  /// How the text was read where it is no UTF-8: a sentence for people; empty where there is nothing to say.
  std::string encoding_note() const;

 private:
  static constexpr std::size_t kNowhere = ~std::size_t{0};
  enum class Step { line, end, too_long };
  Step step();
  bool read_line();
  bool too_long() const { return end_ - at_ > kLongestLine; }
  bool fill();
  void begin();
  void find_line_end();
  void refuse_wide_characters() const;
  void take_declared_separator();
  void find_high(std::size_t from);
  void to_utf8();
  void skip_line();
  [[noreturn]] void refuse_long_line() const;

  ByteStream& stream_;
  std::string file_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;           // of what is not handed out
  std::size_t end_ = 0;          // of what was read
  std::size_t high_ = 0;         // of the first byte from `at_` on that is not ASCII, or `end_`
  std::size_t mark_ = kNowhere;  // an earlier `at_`
  std::size_t mark_high_ = 0;    // and its `high_`
  Index mark_number_ = 0;
  bool begun_ = false;
  char line_end_ = '\n';
  std::string_view line_;
  std::string converted_;
  Index number_ = 0;
  bool crlf_ = false;
  bool byte_order_mark_ = false;
  char declared_separator_ = '\0';
  Index windows_1252_line_ = 0;  // the first that was; 0: none
  Index broken_line_ = 0;
  bool encoding_said_ = false;
};

}  // namespace monet::input
