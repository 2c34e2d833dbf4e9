#include "monet/input/text.h"

#include "monet/core/files/foreign.h"

#include <algorithm>
#include <span>

namespace monet::input {

std::string_view without_byte_order_mark(std::string_view text, const std::string& file, bool& found) {
  constexpr std::size_t kLook = 4096;
  const std::string_view start = text.substr(0, kLook);
  files::refuse_foreign(std::as_bytes(std::span(start.data(), start.size())), file);
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
