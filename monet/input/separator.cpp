#include "monet/input/separator.h"

#include "monet/core/view.h"

#include <fmt/format.h>

#include <array>

namespace monet::input {

namespace {
constexpr std::array<char, 4> kSeparators = {'\t', ',', ';', '|'};
}  // namespace

char detect_separator(std::string_view line) {
  char best = '\0';
  Index most = 0;
  for (const char candidate : kSeparators) {
    Index count = 0;
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      if (!quoted && c == candidate) ++count;
    }
    if (count > most) {
      most = count;
      best = candidate;
    }
  }
  return best;
}

std::string describe_separator(char separator) {
  switch (separator) {
    case '\t': return "tab";
    case ',': return "comma";
    case ';': return "semicolon";
    case '|': return "bar";
    case '\0': return "nothing known";
    default: return fmt::format("'{}'", separator);
  }
}

}  // namespace monet::input
