#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace monet::input {

/// Whether `text` is a number that is not finite, as programs write it: NaN, nan, inf, -Infinity.
bool is_not_finite(std::string_view text);

/// The digits of a whole number that is written as a float (`123.0`, `1e5`), with nothing lost; nothing for any other
/// text, whole numbers without a point or exponent among them.
std::optional<std::string> whole_float(std::string_view text);

/// Whether `text` is digits, with or without a sign.
bool is_whole_number(std::string_view text);

/// Whether `text` is what programs write for a value that is missing: NULL, None, NaN, NA, N/A, \N, <NA>, NaT.
bool is_one_of_the_missing_words(std::string_view text);
inline bool is_missing_word(std::string_view text) {
  if (text.size() < 2 || text.size() > 4) return false;
  const char first = text.front();
  return (first == 'N' || first == 'n' || first == '\\' || first == '<') && is_one_of_the_missing_words(text);
}

}  // namespace monet::input
