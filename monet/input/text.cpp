#include "monet/input/text.h"

#include "monet/core/error.h"
#include "monet/core/files/foreign.h"
#include "monet/input/utf8.h"

#include <algorithm>

namespace monet::input {

std::string_view without_byte_order_mark(std::string_view text, const std::string& file, bool& found) {
  files::refuse_foreign(file, text.substr(0, files::kForeignBytes), files::Wanted::text);
  if (text.substr(0, 3) != "\xef\xbb\xbf") return text;
  found = true;
  return text.substr(3);
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kLength = 40;
  std::size_t length = std::min(text.size(), kLength);
  // Not within a character.
  while (length < text.size() && length > kLength - 4 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) {
    --length;
  }
  std::string out(text.substr(0, length));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return text.size() > length ? out + "…" : out;
}

std::string_view checked_id(std::string_view id, const char* what) {
  id = trimmed(id);
  if (id.empty()) fail<DataError>("there is no {} id; every interaction needs one", what);
  if (std::any_of(id.begin(), id.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    fail<DataError>("the {} id '{}' holds a control character", what, excerpt(id));
  }
  return id;
}

}  // namespace monet::input
