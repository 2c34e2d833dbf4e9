#pragma once

#include <array>
#include <string_view>
#include <vector>

namespace monet::synth::detail {

/// An outline on a sheet of 100 × 100 units, x to the right and y down.
struct Path {
  enum class Verb { move, line, curve, close };
  struct Step {
    Verb verb;
    std::array<double, 6> at;  // curve: two control points and the end; move and line: the end first
  };
  std::vector<Step> steps;

  Path& move(double x, double y);
  Path& line(double x, double y);
  Path& curve(double x1, double y1, double x2, double y2, double x, double y);
  Path& close();
  Path& ellipse(double x, double y, double rx, double ry);

  /// Absolute commands of SVG's path data, "M 10 20 L 30 40 C … Z", and "O x y rx ry" for an ellipse. For the drawings
  /// in this program: throws InternalError for anything else.
  static Path parse(std::string_view text);
};

}  // namespace monet::synth::detail
