#include "monet/input/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace monet::input {

namespace {
constexpr int kMostDigits = 40;  // a larger number is no id

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
}  // namespace

bool is_not_finite(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text == "NaN" || text == "nan" || text == "Infinity" || text == "inf";
}

bool is_one_of_the_missing_words(std::string_view text) {
  static constexpr std::array<std::string_view, 11> kWords = {"NULL", "null", "Null", "None", "NaN", "nan",
                                                              "NA",   "N/A",  "\\N",  "<NA>", "NaT"};
  return std::find(kWords.begin(), kWords.end(), text) != kWords.end();
}

bool is_whole_number(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  return !text.empty() && all_digits(text);
}

std::optional<std::string> whole_float(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const std::size_t e = text.find_first_of("eE");
  std::string_view mantissa = text.substr(0, e);
  int exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view written = text.substr(e + 1);
    if (written.starts_with('+')) written.remove_prefix(1);
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), exponent);
    if (error != std::errc() || end != written.data() + written.size()) return std::nullopt;
    if (exponent < -kMostDigits || exponent > kMostDigits) return std::nullopt;
  }
  const std::size_t point = mantissa.find('.');
  if (e == std::string_view::npos && point == std::string_view::npos) return std::nullopt;
  const std::string_view whole = mantissa.substr(0, point);
  std::string_view fraction = point == std::string_view::npos ? std::string_view() : mantissa.substr(point + 1);
  if (whole.empty() || !all_digits(whole) || !all_digits(fraction)) return std::nullopt;
  std::string digits(whole);
  digits += fraction;
  const auto places = static_cast<int>(whole.size()) + exponent;  // digits before the point
  if (places <= 0 || places > kMostDigits) return std::nullopt;
  const auto count = static_cast<std::size_t>(places);
  if (digits.size() > count && digits.find_first_not_of('0', count) != std::string::npos) return std::nullopt;
  digits.resize(count, '0');
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return negative && digits != "0" ? "-" + digits : digits;
}

}  // namespace monet::input
