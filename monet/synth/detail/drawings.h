#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace monet::synth::detail {

/// What a part of a drawing is made of: `body` has the item's colour and pattern, the rest follows from the colour or
/// has one of its own. Lines and straps are strokes.
enum class Role { body, trim, pale, dark, wood, drink, seam, lace, strap, shaft, handle };

struct Part {
  Role role;
  double width;           // of strokes
  std::string_view path;  // see Path::parse
};

/// The parts of a category's drawing, in the order in which they are drawn.
std::span<const Part> drawing_of(std::size_t category);

}  // namespace monet::synth::detail
