#include "monet/synth/catalogue.h"

#include "monet/core/error.h"
#include "monet/core/rng.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <span>

namespace monet::synth {

namespace {
using namespace std::string_view_literals;

constexpr std::array kCategoryNames = {"sneaker"sv,  "boot"sv,  "sandal"sv, "shirt"sv,  "sweater"sv,
                                       "jacket"sv,   "scarf"sv, "hat"sv,    "dress"sv,  "umbrella"sv,
                                       "backpack"sv, "mug"sv,   "lamp"sv,   "cushion"sv};
constexpr std::array kColourNames = {"red"sv,   "blue"sv, "green"sv, "black"sv,  "white"sv,
                                     "brown"sv, "grey"sv, "pink"sv,  "yellow"sv, "purple"sv};
constexpr std::array kPatterns = {"plain"sv,  "striped"sv, "dotted"sv,  "checked"sv,
                                  "floral"sv, "zigzag"sv,  "starred"sv, "quilted"sv};
constexpr std::array kStyleNames = {"classic"sv, "sporty"sv, "vintage"sv, "minimalist"sv,
                                    "playful"sv, "rugged"sv, "elegant"sv};

// Streams of the seed, apart from each other.
constexpr std::uint64_t kAttributeStream = 0x0a00;
constexpr std::uint64_t kPopularityStream = 0x0b00;
constexpr std::uint64_t kFeatureStream = 0x0c00;
constexpr std::uint64_t kColdStream = 0x0f00;
constexpr std::uint64_t kShownStream = 0x300000000U;

std::span<const std::string_view> words(Attribute attribute) {
  switch (attribute) {
    case Attribute::category: return kCategoryNames;
    case Attribute::colour: return kColourNames;
    case Attribute::pattern: return kPatterns;
    case Attribute::style: break;
  }
  return kStyleNames;
}

constexpr std::array<Attribute, kAttributes> kAll = {Attribute::category, Attribute::colour, Attribute::pattern,
                                                     Attribute::style};
using Weights = std::array<float, kAttributes>;  // by attribute: how strongly a modality shows it
constexpr Weights kShownByImages = {0.6F, 1.0F, 1.0F, 0.0F};
constexpr Weights kToldByTexts = {1.0F, 0.0F, 0.3F, 1.0F};

Channel channel_of(const GeneratorOptions& options, std::size_t modality) {
  const std::string& name = options.modalities[modality].name;
  if (name == "text") return Channel::text;
  if (name == "image") return Channel::picture;
  return modality % 2 == 0 ? Channel::picture : Channel::text;
}

/// The first `count` items of a random order become cold.
void make_cold(Catalogue& catalogue, Index count, std::uint64_t seed) {
  if (count == 0) return;
  std::vector<std::size_t> order(catalogue.popularity.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng(seed, kColdStream);
  for (std::size_t k = 0; k < static_cast<std::size_t>(count); ++k) {
    std::swap(order[k], order[k + rng.below(order.size() - k)]);
    catalogue.popularity[order[k]] = 0.0;
  }
}
}  // namespace

std::size_t num_values(Attribute attribute) {
  return words(attribute).size();
}
std::string_view word(Attribute attribute, std::size_t value) {
  return words(attribute)[value];
}

Catalogue generate_catalogue(const GeneratorOptions& options) {
  Catalogue out;
  const auto items = static_cast<std::size_t>(options.num_items);
  Rng rng(options.seed, kAttributeStream);
  out.attributes.resize(items);
  for (auto& item : out.attributes) {
    for (const Attribute attribute : kAll) {
      item[static_cast<std::size_t>(attribute)] = static_cast<std::uint8_t>(rng.below(num_values(attribute)));
    }
  }
  std::vector<std::size_t> ranks(items);
  std::iota(ranks.begin(), ranks.end(), std::size_t{0});
  Rng shuffling(options.seed, kPopularityStream);
  for (std::size_t left = items; left > 1; --left) std::swap(ranks[left - 1], ranks[shuffling.below(left)]);
  for (const std::size_t rank : ranks) {
    out.popularity.push_back(std::pow(static_cast<double>(rank) + 5.0, -options.popularity_exponent));
  }
  make_cold(out, num_cold_items(options), options.seed);
  const double total = std::accumulate(out.popularity.begin(), out.popularity.end(), 0.0);
  for (double& share : out.popularity) share /= total;
  return out;
}

Attributes shown(const Catalogue& catalogue, const GeneratorOptions& options, std::size_t item, Channel channel) {
  Attributes out = catalogue.attributes[item];
  const double signal = channel == Channel::picture ? options.image_signal : options.text_signal;
  if (signal >= 1.0) return out;
  Rng rng(options.seed, kShownStream + 2 * item + (channel == Channel::text ? 1 : 0));
  for (const Attribute attribute : kAll) {
    const bool true_to_life = rng.uniform() < signal;
    const auto other = static_cast<std::uint8_t>(rng.below(num_values(attribute)));
    if (!true_to_life) out[static_cast<std::size_t>(attribute)] = other;
  }
  return out;
}

std::vector<std::string> titles(const Catalogue& catalogue) {
  std::map<Attributes, int> met;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < catalogue.attributes.size(); ++i) {
    const auto say = [&](Attribute attribute) { return word(attribute, catalogue.value(i, attribute)); };
    std::string title = fmt::format("{} {} {} {}", say(Attribute::colour), say(Attribute::pattern),
                                    say(Attribute::style), say(Attribute::category));
    const int count = ++met[catalogue.attributes[i]];
    if (count > 1) title += fmt::format(" ({})", count);
    out.push_back(std::move(title));
  }
  return out;
}

Matrix<float> modality_features(const Catalogue& catalogue, const GeneratorOptions& options, std::size_t modality) {
  const Channel channel = channel_of(options, modality);
  const Weights& weights = channel == Channel::picture ? kShownByImages : kToldByTexts;
  const Index width = options.modalities[modality].width;
  Rng rng(options.seed, kFeatureStream + modality);
  const double scale = 1.0 / std::sqrt(static_cast<double>(width));
  std::array<Matrix<float>, kAttributes> vectors;
  for (const Attribute attribute : kAll) {
    auto& table = vectors[static_cast<std::size_t>(attribute)];
    table = Matrix<float>(static_cast<Index>(num_values(attribute)), width);
    std::generate_n(table.data(), table.size(), [&] { return static_cast<float>(rng.normal() * scale); });
  }
  Matrix<float> out(options.num_items, width);
  for (Index i = 0; i < options.num_items; ++i) {
    float* row = out.row(i);
    std::generate_n(row, width, [&] { return static_cast<float>(options.noise * rng.normal() * scale); });
    const Attributes values = shown(catalogue, options, static_cast<std::size_t>(i), channel);
    for (std::size_t a = 0; a < kAttributes; ++a) {
      const float* vector = vectors[a].row(values[a]);
      for (Index c = 0; c < width; ++c) row[c] += weights[a] * vector[c];
    }
  }
  return out;
}

Matrix<float> generate_features(Index num_items, Index width, std::uint64_t seed) {
  if (num_items < 1 || width < 1) fail<InvalidArgument>("[synth] features of {} items × {} columns", num_items, width);
  Rng rng(seed, kFeatureStream);
  Matrix<float> out(num_items, width);
  std::generate_n(out.data(), out.size(), [&] { return static_cast<float>(rng.normal()); });
  return out;
}

}  // namespace monet::synth
