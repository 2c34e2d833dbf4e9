#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// The pieces that written times are made of.
namespace monet::data::time_text {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
inline char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
inline bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

/// Reads a text piece by piece.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }
  char peek(std::size_t ahead = 0) const { return ahead < text_.size() ? text_[ahead] : '\0'; }
  std::string_view rest() const { return text_; }
  bool skip(char c) {
    if (peek() != c || at_end()) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool skip_any(std::string_view characters) {
    if (at_end() || characters.find(peek()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  void skip_spaces() {
    while (skip(' ')) {
    }
  }
  std::size_t digits_ahead() const {
    std::size_t count = 0;
    while (is_digit(peek(count))) ++count;
    return count;
  }
  /// A number of at least `least` and at most `most` digits, with no digit behind it.
  bool number(std::size_t least, std::size_t most, int& value) {
    const std::size_t count = digits_ahead();
    if (count < least || count > most) return false;
    return take(count, value);
  }
  bool take(std::size_t count, int& value) {
    if (digits_ahead() < count) return false;
    std::from_chars(text_.data(), text_.data() + count, value);
    text_.remove_prefix(count);
    return true;
  }
  std::string word() {
    std::string out;
    while (is_letter(peek())) {
      out.push_back(lower(peek()));
      text_.remove_prefix(1);
    }
    return out;
  }
  /// ".25" or ",25" behind a whole number of seconds.
  double fraction() {
    if ((peek() != '.' && peek() != ',') || !is_digit(peek(1))) return 0.0;
    text_.remove_prefix(1);
    double value = 0.0;
    double scale = 1.0;
    while (is_digit(peek())) {
      value = 10.0 * value + (peek() - '0');
      scale *= 10.0;
      text_.remove_prefix(1);
    }
    return std::isfinite(scale) ? value / scale : 0.0;
  }

 private:
  std::string_view text_;
};

struct Clock {
  double seconds = 0.0;
  bool seen = false;
};

/// Hours that RFC 2822 gives a zone's name, in small letters; nothing for another word.
std::optional<int> hours_of_zone(std::string_view word);

/// Reads 10:30, 10:30:05.25 or 103005; `am` or `pm` may follow. False where there is none.
bool read_clock(Cursor& at, Clock& clock);

/// Reads +02:00, -0400 or +02: seconds east of Greenwich. False where there is none.
bool read_offset(Cursor& at, double& offset);

/// Reads what may stand behind a clock: a zone, its name in brackets. False where more follows.
bool read_zone(Cursor& at, double& offset);

}  // namespace monet::data::time_text
