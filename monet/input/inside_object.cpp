#include "monet/input/inside_object.h"

#include <algorithm>

namespace monet::input {

namespace {
/// Behind the string whose quote is at `at`.
std::size_t behind_string(std::string_view text, std::size_t at) {
  const char quote = text[at++];
  while (at < text.size() && text[at] != quote) at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}
}  // namespace

InsideObject look_inside_object(std::string_view object, const std::function<bool(std::string_view)>& is_record_key) {
  InsideObject inside;
  std::size_t at = 0;
  int depth = 0;
  bool key_next = false;
  const auto skip_blanks = [&] {
    while (at < object.size() && is_json_blank(object[at])) ++at;
  };
  while (at < object.size()) {
    const char c = object[at];
    if (is_json_quote(c)) {
      const std::size_t begin = at + 1;
      at = behind_string(object, at);
      if (depth != 1 || !key_next) continue;
      key_next = false;
      const std::string_view key = object.substr(begin, at - std::min(at, begin + 1));
      inside.record_key = inside.record_key || is_record_key(key);
      skip_blanks();
      if (at >= object.size() || object[at] != ':') return inside;
      ++at;
      skip_blanks();
      if (at >= object.size() || object[at] != '[') continue;
      std::size_t behind = at + 1;
      while (behind < object.size() && is_json_blank(object[behind])) ++behind;
      if (behind < object.size() && object[behind] == '{') inside.lists.emplace_back(key);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth == 1 && (c == '{' || c == ',')) key_next = true;
    ++at;
  }
  return inside;
}

}  // namespace monet::input
