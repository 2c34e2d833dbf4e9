#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace monet::synth {

/// How things of a category are spoken of.
struct CategoryWords {
  std::string_view path;                         // "Fashion|Shoes|Sneakers"
  std::array<std::string_view, 3> nouns;         // "sneaker", "trainer", …
  std::array<std::string_view, 3> materials;     // "canvas", …
  std::array<std::string_view, 2> descriptions;  // sentences, without their full stop
  double price;                                  // in the middle
};

/// How a style is spoken of.
struct StyleWords {
  std::array<std::string_view, 3> brands;
  std::array<std::string_view, 6> adjectives;
  std::array<std::string_view, 4> sentences;
};

const CategoryWords& category_words(std::size_t category);
const StyleWords& style_words(std::size_t style);
/// A sentence that mentions the pattern; `{}` stands for its word.
std::span<const std::string_view> pattern_sentences();
/// Names of models, and sentences about nothing in particular.
std::span<const std::string_view> model_names();
std::span<const std::string_view> small_talk();

}  // namespace monet::synth
