#include "monet/prepare/detail/key_values.h"

#include "monet/input/utf8.h"

#include <charconv>
#include <cmath>

namespace monet::prepare::detail {

std::optional<double> number_of(std::string_view text, bool decimal_comma) {
  std::string plain(input::trimmed(text));
  if (decimal_comma) std::replace(plain.begin(), plain.end(), ',', '.');
  double value = 0.0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  return error == std::errc() && end == plain.data() + plain.size() ? std::optional(value) : std::nullopt;
}

bool has_decimal_commas(const std::vector<std::string>& values) {
  bool any = false;
  for (const std::string& value : values) {
    if (input::is_missing_word(value)) continue;
    if (!number_of(value, true) || value.find('.') != std::string::npos) return false;
    const std::size_t comma = value.find(',');
    any = any || (comma != std::string::npos && value.size() - comma != 4);
  }
  return any;
}

namespace {
bool has_any(const KeySurvey& key) {
  return !std::all_of(key.values.begin(), key.values.end(), input::is_missing_word);
}
}  // namespace

bool holds_dates(const KeySurvey& key) {
  const data::TimeStyle style = data::time_style(key.values);
  return has_any(key) && mostly(key.values, [&](const std::string& text) {
           return !number_of(text, false) && data::parse_time(text, style).has_value();
         });
}

bool holds_time_numbers(const KeySurvey& key) {
  const data::TimeStyle style = data::time_style(key.values);
  const bool sized = style.largest < data::TimeStyle().largest || style.numbers == data::TimeStyle::Numbers::date;
  return sized && mostly(key.values, [&](const std::string& text) { return number_of(text, false).has_value(); });
}

bool holds_days_only(const KeySurvey& key, const data::TimeStyle& style) {
  constexpr double kDay = 86'400.0;
  bool any = false;
  for (const std::string& value : key.values) {
    const auto time = data::parse_time(value, style);
    if (time && std::fmod(*time, kDay) != 0.0) return false;
    any = any || time;
  }
  return any;
}

}  // namespace monet::prepare::detail
