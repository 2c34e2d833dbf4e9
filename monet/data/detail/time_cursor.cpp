#include "monet/data/detail/time_cursor.h"

#include <array>

namespace monet::data::time_text {

std::optional<int> hours_of_zone(std::string_view word) {
  struct Zone {
    std::string_view name;
    int hours;
  };
  static constexpr std::array<Zone, 11> kZones = {{{"z", 0},
                                                   {"utc", 0},
                                                   {"gmt", 0},
                                                   {"est", -5},
                                                   {"edt", -4},
                                                   {"cst", -6},
                                                   {"cdt", -5},
                                                   {"mst", -7},
                                                   {"mdt", -6},
                                                   {"pst", -8},
                                                   {"pdt", -7}}};
  for (const Zone& zone : kZones) {
    if (word == zone.name) return zone.hours;
  }
  return std::nullopt;
}

bool read_clock(Cursor& at, Clock& clock) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  double fraction = 0.0;
  const bool packed = at.digits_ahead() == 4 || at.digits_ahead() == 6;
  if (packed) {
    const bool with_seconds = at.digits_ahead() == 6;
    at.take(2, hour);
    at.take(2, minute);
    if (with_seconds) {
      at.take(2, second);
      fraction = at.fraction();
    }
  } else {
    if (!at.number(1, 2, hour) || !at.skip(':') || !at.number(2, 2, minute)) return false;
    if (at.skip(':')) {
      if (!at.number(2, 2, second)) return false;
      fraction = at.fraction();
    }
  }
  Cursor behind = at;
  behind.skip_spaces();
  const std::string half = behind.word();
  if (half == "am" || half == "pm") {
    if (hour < 1 || hour > 12) return false;
    hour = hour % 12 + (half == "pm" ? 12 : 0);
    at = behind;
  }
  if (hour > 23 || minute > 59 || second > 60) return false;
  clock = {3600.0 * hour + 60.0 * minute + second + fraction, true};
  return true;
}

bool read_offset(Cursor& at, double& offset) {
  const double sign = at.peek() == '-' ? -1.0 : 1.0;
  if (!at.skip_any("+-")) return false;
  int hours = 0;
  int minutes = 0;
  if (at.digits_ahead() == 4) {
    at.take(2, hours);
    at.take(2, minutes);
  } else {
    if (!at.number(1, 2, hours)) return false;
    if (at.skip(':') && !at.number(2, 2, minutes)) return false;
  }
  if (hours > 18 || minutes > 59) return false;
  offset = sign * (3600.0 * hours + 60.0 * minutes);
  return true;
}

bool read_zone(Cursor& at, double& offset) {
  at.skip_spaces();
  if (is_letter(at.peek())) {
    const auto hours = hours_of_zone(at.word());
    if (!hours) return false;
    offset = 3600.0 * *hours;
  }
  if ((at.peek() == '+' || at.peek() == '-') && !read_offset(at, offset)) return false;
  at.skip_spaces();
  if (at.skip('[')) {
    const std::size_t end = at.rest().find(']');
    return end != std::string_view::npos && end + 1 == at.rest().size();
  }
  return at.at_end();
}

}  // namespace monet::data::time_text
