#pragma once

#include "monet/core/error.h"
#include "monet/core/view.h"

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
  enum class Bracket { list, object };

  virtual ~RecordSink() = default;
  /// A record begins; again when it is read a second time, with more care.
  virtual void begin() {}
  /// A top-level key; true when its value is to be passed on.
  virtual bool wants(std::string_view key) = 0;
  /// Whether numbers of the last wanted key must come as they are written; otherwise 4.0 may come as 4.
  virtual bool wants_digits() const { return true; }
  /// A list or object begins inside the value of the last wanted key, under this key of the object around it.
  virtual void open(Bracket /*bracket*/, std::string_view /*inner_key*/) {}
  virtual void close() {}
  /// A scalar of the value of the last wanted key.
  virtual void scalar(const Scalar& scalar) = 0;
};

/// Lists and objects may lie this deep in each other.
inline constexpr int kDeepest = 64;

/// Reads one record: an object of named values.
class RecordParser {
 public:
  virtual ~RecordParser() = default;
  /// `record` must have LineReader::kPadding readable bytes behind it. Throws DataError that says what is wrong and in
  /// which column, without the place of the line.
  virtual void parse(std::string_view record, RecordSink& sink) = 0;
  /// Halves of characters (lone surrogates) that were replaced by U+FFFD in the texts passed on so far.
  Index lone_surrogates() const { return lone_surrogates_; }

 protected:
  Index lone_surrogates_ = 0;
};

}  // namespace monet::input
