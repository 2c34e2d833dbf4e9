#pragma once

#include "monet/core/matrix.h"
#include "monet/synth/options.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace monet::synth {

/// What an item is. Pictures show category, colour and pattern; texts tell category, style and, faintly, the
/// pattern: so each modality knows something the other does not.
enum class Attribute { category, colour, pattern, style };
inline constexpr std::size_t kAttributes = 4;
using Attributes = std::array<std::uint8_t, kAttributes>;  // the value of each

/// How many values an attribute has, and the word for each.
std::size_t num_values(Attribute attribute);
std::string_view word(Attribute attribute, std::size_t value);

/// The items of a generated shop.
struct Catalogue {
  std::vector<Attributes> attributes;  // by item
  std::vector<double> popularity;      // by item, adds up to 1; 0 for cold items
  std::uint8_t value(std::size_t item, Attribute attribute) const {
    return attributes[item][static_cast<std::size_t>(attribute)];
  }
};

Catalogue generate_catalogue(const GeneratorOptions& options);

/// The two ways in which an item shows what it is.
enum class Channel { picture, text };

/// What an item's picture or text says that its attributes are: each the true one with the chance that the channel's
/// signal gives, otherwise one at random. O(1).
Attributes shown(const Catalogue& catalogue, const GeneratorOptions& options, std::size_t item, Channel channel);

/// "red striped vintage sneaker"; items with the same attributes are told apart by a number in brackets.
std::vector<std::string> titles(const Catalogue& catalogue);

/// Features [items, width] of a modality: a random vector for each attribute value that the modality shows, weighted
/// and added, plus noise. `text` shows what texts tell, `image` what pictures show; of other names every second one is
/// like a text.
Matrix<float> modality_features(const Catalogue& catalogue, const GeneratorOptions& options, std::size_t modality);

/// Features without meaning, for timing models on a dataset whose own are not to be had: [num_items, width], standard
/// normal.
Matrix<float> generate_features(Index num_items, Index width, std::uint64_t seed);

}  // namespace monet::synth
