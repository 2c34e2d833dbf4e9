#include "monet/input/text.h"

#include "monet/core/error.h"
#include "monet/core/files/foreign.h"
#include "monet/input/number_text.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace monet::input {

namespace {
/// Eight bytes at a time.
bool holds_control(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = 0x80 * kOnes;
  const auto found = [](std::uint64_t word) {
    const std::uint64_t low = (word & ~kHigh) + 0x60 * kOnes;  // the high bit is clear in bytes below 0x20
    const std::uint64_t erase = ((word & ~kHigh) ^ (0x7f * kOnes)) + 0x7f * kOnes;  // and in 0x7f
    return (~(low & erase) & ~word & kHigh) != 0;
  };
  std::uint64_t word = 0;
  if (text.size() < sizeof word) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  }
  for (std::size_t at = 0; at + sizeof word < text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if (found(word)) return true;
  }
  std::memcpy(&word, text.data() + text.size() - sizeof word, sizeof word);
  return found(word);
}
}  // namespace

std::string_view without_byte_order_mark(std::string_view text, const std::string& file, bool& found) {
  files::refuse_foreign(file, text.substr(0, files::kForeignBytes), files::Wanted::text);
  if (text.substr(0, 3) != "\xef\xbb\xbf") return text;
  found = true;
  return text.substr(3);
}

std::string excerpt(std::string_view text, std::size_t most) {
  std::size_t length = std::min(text.size(), most);
  // Not within a character.
  while (length < text.size() && length > most - 4 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) {
    --length;
  }
  std::string out(text.substr(0, length));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return text.size() > length ? out + "…" : out;
}

bool is_missing_id(std::string_view id) {
  return id.empty() || (is_missing_word(id) && id != "NA");
}

bool is_missing_text(std::string_view text) {
  return is_missing_word(text) && text != "Null" && text != "NA";
}

std::string_view checked_id(std::string_view id, const char* what) {
  id = trimmed(id);
  if (is_missing_id(id)) {
    fail<DataError>("there is no {} id{}, and every row needs one", what,
                    id.empty() ? std::string() : fmt::format(" but '{}'", id));
  }
  if (holds_control(id)) {
    fail<DataError>("the {} id '{}' holds a control character (such as a line end); write ids without", what,
                    excerpt(id));
  }
  return id;
}

}  // namespace monet::input
