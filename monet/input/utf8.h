#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace monet::input {

/// Appends the character with this code point (below 0x110000).
void append_utf8(std::string& text, std::uint32_t code);

/// Whether `text` is well-formed UTF-8. About 10 GB/s.
bool is_utf8(std::string_view text);

/// How to read bytes that are not UTF-8.
enum class Encoding {
  windows_1252,  // what Excel writes in the west; the same as Latin-1 but for the bytes 0x80 to 0x9f
  broken_utf8    // UTF-8 with damage: a character cut in two, a lone surrogate
};
/// Broken UTF-8 where more characters beyond ASCII are well-formed than bytes are not.
Encoding guess_encoding(std::string_view text);
/// Appends `text` as UTF-8: from Windows-1252 by the table of WHATWG, which knows all bytes; from broken UTF-8 with
/// U+FFFD for each byte that does not fit.
void append_as_utf8(std::string& out, std::string_view text, Encoding encoding);

/// A text for people, as it is stored: UTF-8 (`guess_encoding` where it is not), control characters and Unicode's line
/// and paragraph separators become spaces, spaces at the ends go.
std::string clean_text(std::string_view text);

/// `trimmed` for a text that has something at its ends.
std::string_view trimmed_slowly(std::string_view text);

/// Without what cannot be seen at both ends: spaces of every kind (non-breaking ones too), tabs, line ends, byte-order
/// marks, marks of direction and zero width.
inline std::string_view trimmed(std::string_view text) {
  const auto is_visible = [](char c) { return c > ' ' && c < 0x7f; };
  if (!text.empty() && is_visible(text.front()) && is_visible(text.back())) return text;
  return trimmed_slowly(text);
}

}  // namespace monet::input
