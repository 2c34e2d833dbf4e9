#include "monet/synth/picture.h"

#include "monet/core/rng.h"
#include "monet/synth/detail/canvas.h"
#include "monet/synth/detail/drawings.h"
#include "monet/synth/detail/pattern.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace monet::synth {

namespace {
using detail::Canvas;
using detail::Colour;
using detail::mix;
using detail::Paint;
using detail::Part;
using detail::Path;
using detail::Role;

constexpr std::uint64_t kPictureStream = 0x400000000U;
constexpr Colour kBlack = {0.06, 0.06, 0.08};
constexpr Colour kWhite = {1.0, 1.0, 1.0};
constexpr Colour kCream = {0.97, 0.95, 0.90};

// In the order of the catalogue's words.
constexpr std::array<Colour, 10> kColours = {{{0.80, 0.16, 0.18},
                                              {0.16, 0.35, 0.74},
                                              {0.20, 0.55, 0.30},
                                              {0.15, 0.15, 0.17},
                                              {0.95, 0.95, 0.94},
                                              {0.47, 0.31, 0.20},
                                              {0.56, 0.58, 0.61},
                                              {0.93, 0.55, 0.68},
                                              {0.95, 0.78, 0.22},
                                              {0.48, 0.27, 0.62}}};

/// The same colour as another maker would dye it.
Colour dyed(Colour colour, Rng& rng) {
  const Colour other = {rng.uniform(), rng.uniform(), rng.uniform()};
  const double light = rng.uniform(-0.08, 0.08);
  return mix(mix(colour, other, 0.06), light > 0.0 ? kWhite : kBlack, std::abs(light));
}

Colour ink_on(Colour colour) {
  return detail::luma(colour) > 0.55 ? mix(colour, kBlack, 0.55) : mix(colour, kCream, 0.78);
}

/// Colours of the parts that do not carry the pattern.
Paint paint_of(Role role, Colour colour) {
  switch (role) {
    case Role::trim:
    case Role::strap:
    case Role::handle: return {mix(colour, detail::luma(colour) < 0.22 ? kWhite : kBlack, 0.28)};
    case Role::pale:
    case Role::lace: return {kCream};
    case Role::dark: return {{0.20, 0.20, 0.23}};
    case Role::wood:
    case Role::shaft: return {{0.58, 0.43, 0.28}};
    case Role::drink: return {{0.28, 0.16, 0.10}};
    case Role::seam: return {detail::luma(colour) < 0.22 ? kWhite : kBlack, 0.42};
    case Role::body: break;
  }
  return {colour};
}

bool is_stroke(Role role) {
  return role == Role::seam || role == Role::lace || role == Role::strap || role == Role::shaft || role == Role::handle;
}

void draw_background(Canvas& canvas, Rng& rng) {
  const Colour tint =
      mix({0.93, 0.93, 0.92}, {rng.uniform(0.6, 1.0), rng.uniform(0.6, 1.0), rng.uniform(0.6, 1.0)}, 0.3);
  canvas.wash([&](double x, double y) {
    const double from_middle = std::hypot(x - 50.0, y - 42.0) / 75.0;
    return Paint{mix(mix(tint, kWhite, 0.55), tint, std::min(1.0, from_middle * from_middle))};
  });
  const double ground = rng.uniform(88.0, 91.0);
  canvas.wash([&](double x, double y) {
    const double across = (x - 50.0) / 34.0;
    const double down = (y - ground) / 5.5;
    return Paint{kBlack, 0.26 * std::exp(-across * across * 1.4 - down * down)};
  });
}

/// Light from the upper left.
void shade(Canvas& canvas) {
  canvas.wash([](double x, double y) {
    const double away = ((x - 30.0) * 0.7 + (y - 26.0) * 0.6) / 70.0;
    return away > 0.0 ? Paint{kBlack, std::min(0.26, 0.24 * away)} : Paint{kWhite, std::min(0.16, -0.45 * away)};
  });
}

void draw_part(Canvas& canvas, const Part& part, Colour colour, std::size_t pattern, const Rng& pattern_rng) {
  const Path path = Path::parse(part.path);
  const Paint paint = paint_of(part.role, colour);
  if (is_stroke(part.role)) {
    canvas.stroke(path, part.width, paint);
    return;
  }
  canvas.fill(path, paint);
  canvas.clip(path);
  Rng rng = pattern_rng;  // the same pattern on every part
  if (part.role == Role::body) detail::draw_pattern(canvas, pattern, ink_on(colour), rng);
  shade(canvas);
  canvas.unclip();
  canvas.stroke(path, 0.9, {mix(paint.colour, kBlack, 0.45), 0.55});
}
}  // namespace

std::vector<std::uint8_t> draw_picture(const Attributes& attributes, std::uint64_t seed, std::size_t item, int size) {
  const auto value = [&](Attribute attribute) { return attributes[static_cast<std::size_t>(attribute)]; };
  Rng rng(seed, kPictureStream + item);
  Canvas canvas(size);
  draw_background(canvas, rng);
  const double scale = rng.uniform(0.82, 0.95);
  const double mirror = rng.below(2) == 0 ? 1.0 : -1.0;
  canvas.place({rng.uniform(-0.10, 0.10), scale * mirror, scale, rng.uniform(-3.0, 3.0), rng.uniform(-3.0, 2.0)});
  const Colour colour = dyed(kColours[value(Attribute::colour)], rng);
  for (const Part& part : detail::drawing_of(value(Attribute::category))) {
    draw_part(canvas, part, colour, value(Attribute::pattern), rng);
  }
  return canvas.bytes();
}

}  // namespace monet::synth
