#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::input {

/// What an object holds at its top level; it may be cut off.
struct InsideObject {
  bool record_key = false;
  std::vector<std::string> lists;  // keys of lists of objects
};

/// Looks at an object of JSON (or of Python), from its first bracket on. O(size).
InsideObject look_inside_object(std::string_view object, const std::function<bool(std::string_view)>& is_record_key);

}  // namespace monet::input
