#include "monet/input/text.h"

#include "monet/core/error.h"

#include <algorithm>

namespace monet::input {

std::string_view without_byte_order_mark(std::string_view text, const std::string& file, bool& found) {
  if (text.substr(0, 2) == "\xff\xfe" || text.substr(0, 2) == "\xfe\xff") {
    fail<DataError>("{}:1: the text is UTF-16; save it as UTF-8", file);
  }
  if (text.substr(0, 3) != "\xef\xbb\xbf") return text;
  found = true;
  return text.substr(3);
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kLength = 40;
  std::string out(text.substr(0, kLength));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return text.size() > kLength ? out + "…" : out;
}

}  // namespace monet::input
