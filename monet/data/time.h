#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace monet::data {

/// How a column writes its times, as a sample of it tells.
struct TimeStyle {
  enum class Numbers { unix_time, date };  // date: 20210131, 20210131103000
  enum class Order { unknown, day_first, month_first };

  Numbers numbers = Numbers::unix_time;
  double per_second = 1.0;                              // how many of the numbers make a second
  double largest = std::numeric_limits<double>::max();  // a larger number is of another unit
  double smallest = 0.0;                                // and so is a smaller one that is not 0
  Order order = Order::unknown;                         // of 01/02/2021

  /// Whether a number is of the column's unit by its size.
  bool fits(double number) const {
    const double size = number < 0.0 ? -number : number;
    return size <= largest && (size >= smallest || size == 0.0);
  }
};

/// Seconds since 1970 of a time as people write it; nothing when it is none. Numbers are Unix times (or counters) in
/// the style's unit. Dates: ISO 8601 with `-`, `/` or `.`, with or without a clock; RFC 2822 and HTTP
/// (`Tue, 05 Jan 2021 10:00:00 GMT`), `Sun Jul 30 07:44:10 -0700 2017`, `Jan 2, 2021`, Amazon's `09 13, 2014`,
/// `31.12.2021`, `/Date(1609459200000)/`. A zone may follow the clock (`Z`, `UTC`, `+02:00`, `-0400`, `+02`); without
/// one the time is UTC. Fractions of seconds are kept. `01/02/2021` is nothing unless the style says the order.
std::optional<double> parse_time(std::string_view text, const TimeStyle& style = {});

/// What is wrong with a text that `parse_time` does not read, to follow "the time '…' ".
std::string time_problem(std::string_view text, const TimeStyle& style = {});

/// The style of a column with these values: the unit by the size of the numbers (1e11 and more are milliseconds, from
/// 1e14 on microseconds, from 1e17 on nanoseconds), the order of day and month by the days beyond the 12th.
TimeStyle time_style(std::span<const std::string> sample);

/// Whether most of the values are dates such as 01/02/2021, and nothing in them says which of the two is the day.
bool are_ambiguous_dates(std::span<const std::string> sample);

/// "milliseconds", "dates written as numbers", "dates with the month first", …; empty for seconds and plain dates.
std::string describe(const TimeStyle& style);

}  // namespace monet::data
