#pragma once

#include "monet/input/record.h"

#include <string>
#include <string_view>

namespace monet::input {

/// Python's literals, or JSON as Python's `json` writes and reads it: with NaN, Infinity, lone surrogates, numbers of
/// any length.
enum class Dialect { python, json };

/// Reads one object, character by character. Buffers that live longer than a record are the caller's.
struct LiteralBuffers {
  std::string text;  // the string at hand, when it has escapes
  std::string key;
};
/// Passes the object that `record` is to `sink`; adds the lone surrogates that were replaced to `lone_surrogates`.
/// Throws DataError with the column; about 300 MB/s.
void parse_literal(std::string_view record, Dialect dialect, RecordSink& sink, LiteralBuffers& buffers,
                   Index& lone_surrogates);

}  // namespace monet::input
