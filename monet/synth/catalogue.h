#pragma once

#include "monet/core/matrix.h"
#include "monet/synth/options.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace monet::synth {

/// What an item is. Pictures show category, colour and pattern; texts tell category, material and, faintly, the
/// pattern: so each modality knows something the other does not.
enum class Attribute { category, colour, pattern, material };
inline constexpr std::size_t kAttributes = 4;

/// How many values an attribute has, and the word for each.
std::size_t num_values(Attribute attribute);
std::string_view word(Attribute attribute, std::size_t value);

/// The items of a generated shop.
struct Catalogue {
  std::vector<std::array<std::uint8_t, kAttributes>> attributes;  // by item
  std::vector<double> popularity;                                 // by item, adds up to 1
  std::uint8_t value(std::size_t item, Attribute attribute) const {
    return attributes[item][static_cast<std::size_t>(attribute)];
  }
};

Catalogue generate_catalogue(const GeneratorOptions& options);

/// "red striped canvas sneaker"; items with the same attributes are told apart by a number in brackets.
std::vector<std::string> titles(const Catalogue& catalogue);

/// Features [items, width] of a modality: a random vector for each attribute value that the modality shows, weighted
/// and added, plus noise. `text` shows what texts tell, `image` what pictures show; of other names every second one is
/// like a text.
Matrix<float> modality_features(const Catalogue& catalogue, const GeneratorOptions& options, std::size_t modality);

/// Features without meaning, for timing models on a dataset whose own are not to be had: [num_items, width], standard
/// normal.
Matrix<float> generate_features(Index num_items, Index width, std::uint64_t seed);

}  // namespace monet::synth
