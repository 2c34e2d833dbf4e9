#pragma once

#include "monet/core/error.h"

#include <string_view>

namespace monet::input {

/// A string, number, truth value or null of a record.
struct Scalar {
  enum class Kind { text, number, boolean, null };
  Kind kind = Kind::null;
  std::string_view text;       // the string, or the number as written; valid during the call
  std::string_view inner_key;  // of the innermost object below the top-level key; empty elsewhere
};

/// Receives what a record says. A value may be a scalar, or lists and objects of them: their scalars come in order.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  /// A top-level key; true when its value is to be passed on.
  virtual bool wants(std::string_view key) = 0;
  /// A scalar of the value of the last wanted key.
  virtual void scalar(const Scalar& scalar) = 0;
};

/// Lists and objects may lie this deep in each other.
inline constexpr int kDeepest = 64;

/// Reads one record: an object of named values.
class RecordParser {
 public:
  virtual ~RecordParser() = default;
  /// `line` must have LineReader::kPadding readable bytes behind it. Throws DataError that says what is wrong and in
  /// which column, without the place of the line.
  virtual void parse(std::string_view line, RecordSink& sink) = 0;
};

}  // namespace monet::input
