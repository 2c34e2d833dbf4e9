#pragma once

#include "monet/core/view.h"
#include "monet/input/line_reader.h"

#include <string>

namespace monet::input {

/// What becomes of a line that cannot be read: the first is refused with its place, or each is counted and left out.
class BadLines {
 public:
  explicit BadLines(bool skip) : skip_(skip) {}

  /// Calls `read`, which handles the current line. A DataError gets the line's place before it; one that is skipped is
  /// counted. Unreadable passes.
  template <class Read>
  void guard(const LineReader& lines, Read&& read) {
    guard_at(lines, lines.number(), read);
  }
  /// The same for a record that began on an earlier line.
  template <class Read>
  void guard_at(const LineReader& lines, Index line, Read&& read) {
    guard_in(lines.file(), line, read);
  }
  /// The same for a record of `file`, whatever reads it.
  template <class Read>
  void guard_in(const std::string& file, Index line, Read&& read) {
    try {
      read();
    } catch (const Unreadable&) {
      throw;
    } catch (const DataError& error) {
      const std::string message = fmt::format("{}:{}: {}", file, line, error.what());
      if (!skip_) throw DataError(message);
      if (count_++ == 0) first_ = message;
    }
  }

  Index count() const { return count_; }
  /// The message of the first one.
  const std::string& first() const { return first_; }

 private:
  bool skip_;
  Index count_ = 0;
  std::string first_;
};

}  // namespace monet::input
