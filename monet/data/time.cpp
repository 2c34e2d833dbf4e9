#include "monet/data/time.h"

#include "monet/data/detail/time_cursor.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <vector>

namespace monet::data {

namespace time_text {
namespace {
using Order = TimeStyle::Order;

constexpr double kMillisecondsFrom = 1e11;  // as seconds the year 5138, as milliseconds 1973
constexpr double kUnixFrom = 1e8;           // smaller numbers are counters, or anything

std::optional<double> number_of(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> seconds_of(int year, int month, int day) {
  if (month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return 86400.0 * static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
}

int month_of(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                               "may",       "june",     "july",     "august",
                                                               "september", "october",  "november", "december"};
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (word == kMonths[month] || word == kMonths[month].substr(0, 3)) return static_cast<int>(month) + 1;
  }
  return word == "sept" ? 9 : 0;
}

bool is_weekday(std::string_view word) {
  static constexpr std::array<std::string_view, 7> kDays = {"monday", "tuesday",  "wednesday", "thursday",
                                                            "friday", "saturday", "sunday"};
  return std::any_of(kDays.begin(), kDays.end(),
                     [&](std::string_view day) { return word == day || word == day.substr(0, 3); });
}

/// The rest of a date that is followed by a clock and zone, or by nothing.
std::optional<double> with_clock(Cursor at, std::optional<double> date) {
  if (!date || at.at_end()) return date;
  if (at.skip_any("Tt_")) {
  } else {
    at.skip(',');
    if (!at.skip(' ')) return std::nullopt;
    at.skip_spaces();
  }
  Clock clock;
  double offset = 0.0;
  if (!read_clock(at, clock) || !read_zone(at, offset)) return std::nullopt;
  return *date + clock.seconds - offset;
}

/// 2021-01-31, 2021/1/31, 2021.01.31, 20210131 with a clock.
std::optional<double> parse_year_first(std::string_view text) {
  Cursor at(text);
  int year = 0;
  int month = 0;
  int day = 0;
  if (at.digits_ahead() == 8) {
    at.take(4, year);
    at.take(2, month);
    at.take(2, day);
    return with_clock(at, seconds_of(year, month, day));
  }
  if (!at.number(4, 4, year)) return std::nullopt;
  const char separator = at.peek();
  if (!at.skip_any("-/.") || !at.number(1, 2, month) || !at.skip(separator) || !at.number(1, 2, day)) {
    return std::nullopt;
  }
  return with_clock(at, seconds_of(year, month, day));
}

/// The two small numbers of 31/12/2021 and what follows it.
struct Slashed {
  int first = 0;
  int second = 0;
  int year = 0;
  char separator = '\0';
  Cursor behind{{}};
};
std::optional<Slashed> read_slashed(std::string_view text) {
  Slashed out;
  Cursor at(text);
  if (!at.number(1, 2, out.first)) return std::nullopt;
  out.separator = at.peek();
  if (!at.skip_any("/-.") || !at.number(1, 2, out.second) || !at.skip(out.separator) || !at.number(4, 4, out.year)) {
    return std::nullopt;
  }
  out.behind = at;
  return out;
}

/// The order that such a date shows by itself.
Order order_of(const Slashed& date) {
  if (date.separator == '.' || (date.first > 12 && date.second <= 12)) return Order::day_first;
  if (date.second > 12 && date.first <= 12) return Order::month_first;
  return Order::unknown;
}

std::optional<double> parse_slashed(std::string_view text, Order order) {
  const auto date = read_slashed(text);
  if (!date) return std::nullopt;
  const Order own = order_of(*date);
  if (own != Order::unknown) {
    if (order != Order::unknown && order != own && date->separator != '.') return std::nullopt;
    order = own;
  }
  if (order == Order::unknown && date->first != date->second) return std::nullopt;
  const bool day_first = order == Order::day_first;
  return with_clock(date->behind, seconds_of(date->year, day_first ? date->second : date->first,
                                             day_first ? date->first : date->second));
}

/// Amazon's `09 13, 2014`.
std::optional<double> parse_amazon(std::string_view text) {
  Cursor at(text);
  int month = 0;
  int day = 0;
  int year = 0;
  if (!at.number(1, 2, month) || !at.skip(' ') || !at.number(1, 2, day) || !at.skip(',') || !at.skip(' ') ||
      !at.number(4, 4, year) || !at.at_end()) {
    return std::nullopt;
  }
  return seconds_of(year, month, day);
}

/// A date with the name of its month: the parts may come in any order.
std::optional<double> parse_worded(std::string_view text) {
  Cursor at(text);
  int year = -1;
  int month = 0;
  int day = -1;
  Clock clock;
  double offset = 0.0;
  while (!at.at_end()) {
    if (clock.seen && (at.peek() == '+' || at.peek() == '-')) {
      if (!read_offset(at, offset)) return std::nullopt;
    } else if (at.skip_any(" ,.-")) {
      continue;
    } else if (is_letter(at.peek())) {
      const std::string word = at.word();
      if (const int named = month_of(word); named > 0 && month == 0) {
        month = named;
      } else if (const auto hours = hours_of_zone(word); hours && clock.seen) {
        offset = 3600.0 * *hours;
      } else if (!is_weekday(word) && word != "at") {
        return std::nullopt;
      }
    } else if (is_digit(at.peek())) {
      const std::size_t count = at.digits_ahead();
      if (at.peek(count) == ':') {
        if (clock.seen || !read_clock(at, clock)) return std::nullopt;
      } else if (count == 4 && year < 0) {
        at.take(4, year);
      } else if (count <= 2 && day < 0) {
        at.take(count, day);
        Cursor behind = at;
        const std::string ending = behind.word();
        if (ending == "st" || ending == "nd" || ending == "rd" || ending == "th") at = behind;
      } else {
        return std::nullopt;
      }
    } else if (at.peek() == '(' && at.rest().back() == ')') {
      break;
    } else {
      return std::nullopt;
    }
  }
  if (year < 0 || month == 0 || day < 0) return std::nullopt;
  const auto date = seconds_of(year, month, day);
  return date ? std::optional(*date + clock.seconds - offset) : std::nullopt;
}

/// JSON of .NET: `/Date(1609459200000)/`, `/Date(1609459200000+0200)/`; the zone is for showing.
std::optional<double> parse_dot_net(std::string_view text) {
  constexpr std::string_view kBegin = "/Date(";
  if (!text.starts_with(kBegin) || !text.ends_with(")/")) return std::nullopt;
  text = text.substr(kBegin.size(), text.size() - kBegin.size() - 2);
  const std::size_t zone = text.find_first_of("+-", 1);
  const auto milliseconds = number_of(text.substr(0, zone));
  return milliseconds ? std::optional(*milliseconds / 1000.0) : std::nullopt;
}

/// 20210131 or 20210131103000, as a number, which may be a float: 20210131.0.
std::optional<double> parse_date_number(std::string_view text) {
  if (text.ends_with(".0")) text.remove_suffix(2);
  if ((text.size() != 8 && text.size() != 14) || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  const std::string_view year = text.substr(0, 4);
  if (year < "1900" || year > "2199") return std::nullopt;
  if (text.size() == 8) return parse_year_first(text);
  return parse_year_first(std::string(text.substr(0, 8)) + "T" + std::string(text.substr(8)));
}
}  // namespace
}  // namespace time_text

std::optional<double> parse_time(std::string_view text, const TimeStyle& style) {
  using namespace time_text;
  text = input::trimmed(text);
  if (text.empty()) return std::nullopt;
  if (is_digit(text.back()) || text.back() == '.') {
    if (style.numbers == TimeStyle::Numbers::date) {
      if (const auto date = parse_date_number(text)) return date;
    }
    if (const auto number = number_of(text)) {
      if (!style.fits(*number)) return std::nullopt;
      return *number / style.per_second;
    }
  }
  if (text.front() == '/') return parse_dot_net(text);
  if (const auto time = parse_year_first(text)) return time;
  if (const auto time = parse_slashed(text, style.order)) return time;
  if (const auto time = parse_amazon(text)) return time;
  return parse_worded(text);
}

std::string time_problem(std::string_view text, const TimeStyle& style) {
  using namespace time_text;
  text = input::trimmed(text);
  if (const auto number = number_of(text); number && !style.fits(*number)) {
    return "is of another size than the file's other times; give all in one unit";
  }
  if (const auto date = read_slashed(text); date && order_of(*date) == Order::unknown) {
    return "may have the day or the month first; write it as an ISO date, 2021-01-31";
  }
  return "is neither a number nor an ISO date (2021-01-31 10:30:00), nor one with the month's name";
}

TimeStyle time_style(std::span<const std::string> sample) {
  using namespace time_text;
  TimeStyle style;
  std::vector<double> sizes;
  bool dates = true;
  bool day_first = false;
  bool month_first = false;
  for (const std::string& value : sample) {
    const std::string_view text = input::trimmed(value);
    if (const auto number = number_of(text)) {
      if (*number != 0.0) {
        sizes.push_back(std::abs(*number));
        dates = dates && parse_date_number(text).has_value();
      }
    } else if (const auto date = read_slashed(text); date && date->separator != '.') {
      day_first = day_first || order_of(*date) == Order::day_first;
      month_first = month_first || order_of(*date) == Order::month_first;
    }
  }
  if (day_first != month_first) style.order = day_first ? Order::day_first : Order::month_first;
  if (sizes.empty()) return style;
  if (dates) {
    style.numbers = TimeStyle::Numbers::date;
    return style;
  }
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  if (*middle < kUnixFrom) return style;
  while (*middle / style.per_second >= kMillisecondsFrom && style.per_second < 1e9) style.per_second *= 1000.0;
  style.largest = kMillisecondsFrom * style.per_second;
  if (style.per_second > 1.0) style.smallest = style.largest / 1000.0;
  return style;
}

bool are_ambiguous_dates(std::span<const std::string> sample) {
  using namespace time_text;
  if (time_style(sample).order != TimeStyle::Order::unknown) return false;
  const auto ambiguous = std::count_if(sample.begin(), sample.end(), [](const std::string& value) {
    const auto date = read_slashed(input::trimmed(value));
    return date && order_of(*date) == Order::unknown;
  });
  return ambiguous > 0 && 2 * static_cast<std::size_t>(ambiguous) >= sample.size();
}

std::string describe(const TimeStyle& style) {
  using Order = TimeStyle::Order;
  if (style.numbers == TimeStyle::Numbers::date) return "dates written as numbers";
  if (style.per_second == 1e3) return "milliseconds";
  if (style.per_second == 1e6) return "microseconds";
  if (style.per_second == 1e9) return "nanoseconds";
  if (style.order == Order::day_first) return "dates with the day first";
  if (style.order == Order::month_first) return "dates with the month first";
  return {};
}

}  // namespace monet::data
