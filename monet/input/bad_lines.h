#pragma once

#include "monet/core/view.h"
#include "monet/input/line_reader.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::input {

/// What becomes of a line that cannot be read: the first is refused with its place, or each is counted and left out.
/// Carries beside them what else is to be said of the text once it is read.
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
      ++good_;
    } catch (const Unreadable&) {
      throw;
    } catch (const DataError& error) {
      refuse(file, line, error.what());
    }
  }
  /// The same for row `row`, from 1, of a table that is no text: "FILE: row N: …".
  template <class Read>
  void guard_row(const std::string& file, Index row, Read&& read) {
    try {
      read();
      ++good_;
    } catch (const DataError& error) {
      refuse_at(fmt::format("{}: row {}", file, row), error.what());
    }
  }
  /// What `guard_in` does with an error.
  void refuse(const std::string& file, Index line, std::string_view problem);
  void refuse_at(std::string_view place, std::string_view problem);

  bool skips() const { return skip_; }
  Index count() const { return count_; }
  /// The message of the first one.
  const std::string& first() const { return first_; }
  /// Throws DataError with the first message and the share when more records were bad than good: what is left is not
  /// what the file says.
  void require_mostly_good() const;

  /// Adds what is no bad line but to be said once.
  void note(std::string text) { notes_.push_back(std::move(text)); }
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  bool skip_;
  Index count_ = 0;
  Index good_ = 0;
  std::string first_;
  std::vector<std::string> notes_;
};

}  // namespace monet::input
