#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::input {

/// White space between the parts of JSON, and what opens a string of JSON or Python; -1 (no more bytes) is neither.
inline bool is_json_blank(int c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
inline bool is_json_quote(int c) noexcept {
  return c == '"' || c == '\'';
}

/// What an object holds at its top level; it may be cut off.
struct InsideObject {
  bool record_key = false;
  std::vector<std::string> lists;  // keys of lists of objects
};

/// Looks at an object of JSON (or of Python), from its first bracket on. O(size).
InsideObject look_inside_object(std::string_view object, const std::function<bool(std::string_view)>& is_record_key);

}  // namespace monet::input
