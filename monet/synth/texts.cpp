#include "monet/synth/texts.h"

#include "monet/core/rng.h"
#include "monet/synth/vocabulary.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace monet::synth {

namespace {
constexpr std::uint64_t kTextStream = 0x500000000U;

template <class Words>
std::string_view any(const Words& words, Rng& rng) {
  return words[rng.below(words.size())];
}

std::string title_of(std::string_view brand, std::string_view adjective, std::string_view noun, Rng& rng) {
  const std::string_view model = any(model_names(), rng);
  switch (rng.below(4)) {
    case 0: return fmt::format("{} {} {} {}", brand, model, adjective, noun);
    case 1: return fmt::format("{} {} by {}", model, noun, brand);
    case 2: return fmt::format("{}: {} {} \"{}\"", brand, adjective, noun, model);
    default: return fmt::format("{} {} {}", brand, adjective, noun);
  }
}

std::string_view article(std::string_view word) {
  return std::string_view("aeiou").find(word.front()) == std::string_view::npos ? "A" : "An";
}

std::string opening(std::string_view adjective, std::string_view noun, std::string_view material, Rng& rng) {
  switch (rng.below(4)) {
    case 0: return fmt::format("{} {} {} made of {}.", article(adjective), adjective, noun, material);
    case 1: return fmt::format("Our {} in {}: {} from every side.", noun, material, adjective);
    case 2: return fmt::format("This {} {} is made of {}, and you can feel it.", adjective, noun, material);
    default: return fmt::format("Looking for something {}? Try this {}, made of {}.", adjective, noun, material);
  }
}

std::string description_of(const CategoryWords& category, const StyleWords& style, std::string_view pattern, Rng& rng) {
  std::string text = opening(any(style.adjectives, rng), any(category.nouns, rng), any(category.materials, rng), rng);
  const auto say = [&](std::string_view sentence) { text += fmt::format(" {}.", sentence); };
  const std::string_view of_style = any(style.sentences, rng);
  const std::string_view of_category = any(category.descriptions, rng);
  const bool style_first = rng.below(2) == 0;
  say(style_first ? of_style : of_category);
  say(style_first ? of_category : of_style);
  if (rng.below(3) == 0) say(fmt::format(fmt::runtime(any(pattern_sentences(), rng)), pattern));
  if (rng.below(2) == 0) say(any(small_talk(), rng));
  return text;
}
}  // namespace

ItemText write_text(const Attributes& attributes, std::uint64_t seed, std::size_t item) {
  const auto value = [&](Attribute attribute) { return attributes[static_cast<std::size_t>(attribute)]; };
  const CategoryWords& category = category_words(value(Attribute::category));
  const StyleWords& style = style_words(value(Attribute::style));
  Rng rng(seed, kTextStream + item);
  ItemText text;
  text.brand = any(style.brands, rng);
  text.title = title_of(text.brand, any(style.adjectives, rng), any(category.nouns, rng), rng);
  text.description = description_of(category, style, word(Attribute::pattern, value(Attribute::pattern)), rng);
  text.categories = category.path;
  text.price = fmt::format("{:.2f}", std::max(1.0, std::round(category.price * std::exp(0.35 * rng.normal()))) - 0.10);
  return text;
}

}  // namespace monet::synth
