#include "monet/synth/detail/path.h"

#include "monet/core/error.h"

#include <charconv>
#include <span>

namespace monet::synth::detail {

namespace {
/// Reads as many numbers as fit; false when the text goes on with something else.
bool read_numbers(std::string_view text, std::size_t& at, std::span<double> numbers) {
  for (double& number : numbers) {
    while (at < text.size() && text[at] == ' ') ++at;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), number);
    if (error != std::errc{}) return false;
    at = static_cast<std::size_t>(end - text.data());
  }
  return true;
}

std::size_t num_arguments(char command) {
  switch (command) {
    case 'M':
    case 'L': return 2;
    case 'O': return 4;
    case 'C': return 6;
    default: return 0;
  }
}
}  // namespace

Path& Path::move(double x, double y) {
  steps.push_back({Verb::move, {x, y}});
  return *this;
}
Path& Path::line(double x, double y) {
  steps.push_back({Verb::line, {x, y}});
  return *this;
}
Path& Path::curve(double x1, double y1, double x2, double y2, double x, double y) {
  steps.push_back({Verb::curve, {x1, y1, x2, y2, x, y}});
  return *this;
}
Path& Path::close() {
  steps.push_back({Verb::close, {}});
  return *this;
}

Path& Path::ellipse(double x, double y, double rx, double ry) {
  constexpr double kRound = 0.5522847498;  // control points of a quarter of a circle
  const double cx = kRound * rx;
  const double cy = kRound * ry;
  return move(x + rx, y)
      .curve(x + rx, y + cy, x + cx, y + ry, x, y + ry)
      .curve(x - cx, y + ry, x - rx, y + cy, x - rx, y)
      .curve(x - rx, y - cy, x - cx, y - ry, x, y - ry)
      .curve(x + cx, y - ry, x + rx, y - cy, x + rx, y)
      .close();
}

Path Path::parse(std::string_view text) {
  Path path;
  char command = '\0';
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ') {
      ++at;
      continue;
    }
    if (c >= 'A' && c <= 'Z') {
      command = c;
      ++at;
    }
    std::array<double, 6> n{};
    if (!read_numbers(text, at, std::span(n).first(num_arguments(command)))) command = '?';
    switch (command) {
      case 'M': path.move(n[0], n[1]); break;
      case 'L': path.line(n[0], n[1]); break;
      case 'C': path.curve(n[0], n[1], n[2], n[3], n[4], n[5]); break;
      case 'O': path.ellipse(n[0], n[1], n[2], n[3]); break;
      case 'Z': path.close(); break;
      default: fail<InternalError>("[synth] the drawing '{}' cannot be read at {}", text, at);
    }
  }
  return path;
}

}  // namespace monet::synth::detail
