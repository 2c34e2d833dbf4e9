#include "monet/synth/detail/pattern.h"

#include <array>
#include <cmath>
#include <numbers>

namespace monet::synth::detail {

namespace {
constexpr double kBefore = -30.0;  // the sheet with room for turned and mirrored drawings
constexpr double kBeyond = 130.0;

/// What all patterns know: the ink, how far apart things are, and where they begin.
struct Ink {
  Canvas& canvas;
  Colour colour;
  double step;
  double start;
};

void stripes(const Ink& ink, double width, double alpha, bool upright) {
  Path path;
  for (double at = kBefore + ink.start; at < kBeyond; at += ink.step) {
    if (upright) path.move(at, kBefore).line(at, kBeyond);
    if (!upright) path.move(kBefore, at).line(kBeyond, at);
  }
  ink.canvas.stroke(path, width, {ink.colour, alpha});
}

void slanted(const Ink& ink, double slope, double width, double alpha) {
  Path path;
  for (double at = 2.0 * kBefore + ink.start; at < 2.0 * kBeyond; at += ink.step) {
    path.move(kBefore, at + slope * (kBefore - 50.0)).line(kBeyond, at + slope * (kBeyond - 50.0));
  }
  ink.canvas.stroke(path, width, {ink.colour, alpha});
}

/// Calls `draw(x, y)` at the points of a grid whose every second row is shifted by half a step.
template <class Draw>
void scatter(const Ink& ink, Draw draw) {
  bool shifted = false;
  for (double y = kBefore + ink.start; y < kBeyond; y += 0.87 * ink.step, shifted = !shifted) {
    for (double x = kBefore + (shifted ? 0.5 * ink.step : 0.0); x < kBeyond; x += ink.step) draw(x, y);
  }
}

void dots(const Ink& ink) {
  Path path;
  scatter(ink, [&](double x, double y) { path.ellipse(x, y, 0.26 * ink.step, 0.26 * ink.step); });
  ink.canvas.fill(path, {ink.colour});
}

void flowers(const Ink& ink) {
  Path petals;
  Path hearts;
  scatter(ink, [&](double x, double y) {
    for (int petal = 0; petal < 5; ++petal) {
      const double angle = 2.0 * std::numbers::pi * petal / 5.0 + 0.05 * x;
      petals.ellipse(x + 0.2 * ink.step * std::cos(angle), y + 0.2 * ink.step * std::sin(angle), 0.145 * ink.step,
                     0.145 * ink.step);
    }
    hearts.ellipse(x, y, 0.1 * ink.step, 0.1 * ink.step);
  });
  ink.canvas.fill(petals, {ink.colour});
  ink.canvas.fill(hearts, {{0.93, 0.66, 0.17}});
}

void zigzag(const Ink& ink) {
  Path path;
  for (double y = kBefore + ink.start; y < kBeyond; y += ink.step) {
    path.move(kBefore, y);
    double side = 1.0;
    for (double x = kBefore + 0.5 * ink.step; x < kBeyond; x += 0.5 * ink.step, side = 1.0 - side) {
      path.line(x, y - 0.5 * ink.step * side);
    }
  }
  ink.canvas.stroke(path, 0.24 * ink.step, {ink.colour});
}

void stars(const Ink& ink) {
  Path path;
  scatter(ink, [&](double x, double y) {
    for (int corner = 0; corner < 10; ++corner) {
      const double radius = (corner % 2 == 0 ? 0.36 : 0.15) * ink.step;
      const double angle = std::numbers::pi * (corner / 5.0 - 0.5);
      const double px = x + radius * std::cos(angle);
      const double py = y + radius * std::sin(angle);
      corner == 0 ? path.move(px, py) : path.line(px, py);
    }
    path.close();
  });
  ink.canvas.fill(path, {ink.colour});
}
}  // namespace

void draw_pattern(Canvas& canvas, std::size_t pattern, Colour ink_colour, Rng& rng) {
  const double size = rng.uniform(0.85, 1.2);
  const double start = rng.uniform(0.0, 10.0);
  const bool upright = rng.below(2) == 0;
  const auto ink = [&](double step) { return Ink{canvas, ink_colour, step * size, start}; };
  switch (pattern) {
    case 1: return stripes(ink(11.0), 4.8 * size, 1.0, upright);
    case 2: return dots(ink(12.0));
    case 3: {
      stripes(ink(14.0), 6.0 * size, 0.5, true);
      stripes(ink(14.0), 6.0 * size, 0.5, false);
      stripes(Ink{canvas, ink_colour, 14.0 * size, start + 7.0 * size}, 1.0 * size, 0.8, true);
      return stripes(Ink{canvas, ink_colour, 14.0 * size, start + 7.0 * size}, 1.0 * size, 0.8, false);
    }
    case 4: return flowers(ink(19.0));
    case 5: return zigzag(ink(13.0));
    case 6: return stars(ink(16.0));
    case 7: {
      slanted(ink(13.0), 0.8, 1.1, 0.75);
      return slanted(ink(13.0), -0.8, 1.1, 0.75);
    }
    default: return;  // plain
  }
}

}  // namespace monet::synth::detail
