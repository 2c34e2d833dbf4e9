#pragma once

#include "monet/synth/catalogue.h"

#include <cstdint>
#include <string>

namespace monet::synth {

/// What a shop says of an item.
struct ItemText {
  std::string title;        // "Fairmont Alder vintage sneaker"
  std::string description;  // three to five sentences
  std::string categories;   // "Fashion|Shoes|Sneakers"
  std::string brand;
  std::string price;  // "49.90"
};

/// A text in one of many wordings. It tells category and style, also by the brand (three of each style), in a third of
/// the items the pattern, never the colour; materials, sizes and the price say nothing of taste. A function of seed and
/// item number; 2 microseconds.
ItemText write_text(const Attributes& attributes, std::uint64_t seed, std::size_t item);

}  // namespace monet::synth
