#pragma once

#include "monet/data/time.h"
#include "monet/input/number_text.h"
#include "monet/prepare/survey.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the values of a key look like.
namespace monet::prepare::detail {

/// All of `text` as a number, without the blanks around it.
std::optional<double> number_of(std::string_view text, bool decimal_comma);

/// 4,5 and 3 but no 4.5, and no 1,000 alone, which may be a thousand.
bool has_decimal_commas(const std::vector<std::string>& values);

/// Whether these are dates written as texts.
bool holds_dates(const KeySurvey& key);

/// Whether these are numbers of the size of Unix times, or dates written as numbers.
bool holds_time_numbers(const KeySurvey& key);

/// Whether these are times, and each of them the beginning of a day.
bool holds_days_only(const KeySurvey& key, const data::TimeStyle& style);

/// Whether at least half of the values can be read or are missing.
template <class Reads>
bool mostly(const std::vector<std::string>& values, Reads&& reads) {
  const auto good = std::count_if(values.begin(), values.end(),
                                  [&](const std::string& text) { return input::is_missing_word(text) || reads(text); });
  return 2 * static_cast<std::size_t>(good) >= values.size();
}

}  // namespace monet::prepare::detail
