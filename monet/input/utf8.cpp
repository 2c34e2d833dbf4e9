#include "monet/input/utf8.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

namespace monet::input {

namespace {
constexpr std::uint32_t kReplacement = 0xfffd;

/// Windows-1252 from 0x80 to 0x9f (https://encoding.spec.whatwg.org/#windows-1252); elsewhere it is Latin-1.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                        0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
                                                        0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                        0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// Bytes of the well-formed character at `at`; 0 where there is none.
std::size_t character_at(std::string_view text, std::size_t at) {
  const unsigned char first = byte_at(text, at);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte_at(text, at + k) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte_at(text, at + 1);
  const bool bad = (first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) ||
                   (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
  return bad ? 0 : length;
}

/// The character at `at` as a number, of a length from `character_at`.
std::uint32_t code_at(std::string_view text, std::size_t at, std::size_t length) {
  constexpr std::array<std::uint32_t, 5> kMask = {0, 0x7f, 0x1f, 0x0f, 0x07};
  std::uint32_t code = byte_at(text, at) & kMask[length];
  for (std::size_t k = 1; k < length; ++k) code = (code << 6) | (byte_at(text, at + k) & 0x3fU);
  return code;
}

bool is_line_separator(std::uint32_t code) {
  return (code >= 0x80 && code < 0xa0) || code == 0x2028 || code == 0x2029;
}

bool is_blank(std::uint32_t code) {
  if (code < 0x80) return code == ' ' || (code >= '\t' && code <= '\r');
  return is_line_separator(code) || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200b) ||
         code == 0x200e || code == 0x200f || code == 0x202f || code == 0x205f || code == 0x2060 || code == 0x3000 ||
         code == 0xfeff;
}

/// The first place from `from` on where a C1 control, or a line or paragraph separator may be; the end where there is
/// none.
std::size_t find_line_separator(std::string_view text, std::size_t from) {
  const auto next = [&](char lead, auto&& fits) {
    for (std::size_t at = text.find(lead, from); at < text.size(); at = text.find(lead, at + 1)) {
      if (fits(text.substr(at + 1, 2))) return at;
    }
    return text.size();
  };
  const std::size_t control =
      next('\xc2', [](std::string_view rest) { return !rest.empty() && static_cast<unsigned char>(rest[0]) < 0xa0; });
  const std::size_t separator =
      next('\xe2', [](std::string_view rest) { return rest == "\x80\xa8" || rest == "\x80\xa9"; });
  return std::min(control, separator);
}

void blank_line_separators(std::string& text) {
  std::size_t at = find_line_separator(text, 0);
  if (at == text.size()) return;
  std::string out(text, 0, at);
  while (at < text.size()) {
    const std::size_t length = character_at(text, at);
    if (is_line_separator(code_at(text, at, length))) {
      out += ' ';
    } else {
      out.append(text, at, length);
    }
    at += length;
  }
  text = std::move(out);
}
}  // namespace

void append_utf8(std::string& text, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { text.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

bool is_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

Encoding guess_encoding(std::string_view text) {
  std::size_t good = 0;
  std::size_t bad = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_at(text, at);
    if (length == 0) ++bad;
    if (length > 1) ++good;
    at += std::max<std::size_t>(length, 1);
  }
  return good > bad ? Encoding::broken_utf8 : Encoding::windows_1252;
}

void append_as_utf8(std::string& out, std::string_view text, Encoding encoding) {
  for (std::size_t at = 0; at < text.size();) {
    const unsigned char byte = byte_at(text, at);
    if (encoding == Encoding::windows_1252) {
      append_utf8(out, byte >= 0x80 && byte < 0xa0 ? kWindows1252[byte - 0x80U] : byte);
      ++at;
      continue;
    }
    const std::size_t length = character_at(text, at);
    if (length == 0) {
      append_utf8(out, kReplacement);
    } else {
      out += text.substr(at, length);
    }
    at += std::max<std::size_t>(length, 1);
  }
}

std::string clean_text(std::string_view text) {
  text = trimmed(text);
  bool control = false;
  bool ascii = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    control |= byte < 0x20 || byte == 0x7f;
    ascii &= byte < 0x80;
  }
  if (ascii && !control) return std::string(text);
  std::string out;
  if (ascii || is_utf8(text)) {
    out = text;
  } else {
    append_as_utf8(out, text, guess_encoding(text));
  }
  if (control) {
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  }
  if (!ascii) blank_line_separators(out);
  const std::string_view clean = trimmed(out);  // what was a control character, or no UTF-8, may end it
  return clean.size() == out.size() ? out : std::string(clean);
}

std::string_view trimmed_slowly(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_at(text, 0);
    if (length == 0 || !is_blank(code_at(text, 0, length))) break;
    text.remove_prefix(length);
  }
  while (!text.empty()) {
    std::size_t begin = text.size() - 1;
    while (begin > 0 && text.size() - begin < 4 && (byte_at(text, begin) & 0xc0) == 0x80) --begin;
    const std::size_t length = character_at(text, begin);
    if (length != text.size() - begin || !is_blank(code_at(text, begin, length))) break;
    text.remove_suffix(length);
  }
  return text;
}

}  // namespace monet::input
