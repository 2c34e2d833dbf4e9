#pragma once

#include "monet/synth/detail/path.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace monet::synth::detail {

/// A colour, each part in [0, 1].
struct Colour {
  double red = 0.0;
  double green = 0.0;
  double blue = 0.0;
};
/// (1 − share) a + share b.
Colour mix(Colour a, Colour b, double share);
/// How bright a colour looks, in [0, 1].
double luma(Colour colour);

/// A colour and how much of what lies below it hides.
struct Paint {
  Colour colour;
  double alpha = 1.0;
};

/// How a drawing lies on the sheet: about the middle, turned by an angle in radians and scaled, then moved.
struct Placement {
  double angle = 0.0;
  double scale_x = 1.0;  // negative: mirrored
  double scale_y = 1.0;
  double dx = 0.0;
  double dy = 0.0;
};

/// Anti-aliased drawing on a square sheet of 100 × 100 units. AGG does the work and stays inside the source.
class Canvas {
 public:
  /// `pixels` >= 1 on each side.
  explicit Canvas(int pixels);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  /// Applies to the paths that follow.
  void place(const Placement& placement);
  /// The inside of a path; with an open one, of its closed form.
  void fill(const Path& path, const Paint& paint);
  /// A line along a path, `width` units wide, with round ends.
  void stroke(const Path& path, double width, const Paint& paint);
  /// What follows is drawn inside this path only, until `unclip`.
  void clip(const Path& path);
  void unclip();
  /// Paints each point of the sheet (inside the clip) with what `paint(x, y)` says, in units of the sheet.
  void wash(const std::function<Paint(double x, double y)>& paint);

  /// [pixels × pixels × 3] bytes, red, green, blue, row by row.
  const std::vector<std::uint8_t>& bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace monet::synth::detail
