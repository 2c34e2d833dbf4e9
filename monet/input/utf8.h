#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace monet::input {

/// Appends the character with this code point (below 0x110000).
void append_utf8(std::string& text, std::uint32_t code);

/// Whether `text` is well-formed UTF-8.
bool is_utf8(std::string_view text);

/// A text for people, as it is stored: bytes that are not UTF-8 are taken for Latin-1 (as MovieLens' are), control
/// characters become spaces, spaces at the ends go.
std::string clean_text(std::string_view text);

/// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace monet::input
