#pragma once

#include "monet/core/rng.h"
#include "monet/synth/catalogue.h"

#include <array>
#include <cstdint>
#include <vector>

namespace monet::synth {

/// The items of a category as a lottery: each has tickets in proportion to its popularity, so that a draw is one
/// look-up (writing 10 million interactions: 9 s, against 51 s with a search in cumulative weights).
struct Shelf {
  std::vector<std::int32_t> tickets;
  double popularity = 0.0;
};

/// One shelf for each category. Cold items have no tickets.
std::vector<Shelf> shelves_of(const Catalogue& catalogue);

/// What a user likes: three categories, and two colours, patterns and styles; the rest with a small chance.
class Taste {
 public:
  Taste(Rng& rng, const std::vector<Shelf>& shelves);

  /// A category, in proportion to how much it is liked and to the popularity of its items.
  std::size_t draw_category(Rng& rng) const;
  /// Chance that an item of a category that was drawn is taken, by its other attributes.
  double fit(const Catalogue& catalogue, std::size_t item) const;

 private:
  static constexpr std::size_t kMostValues = 16;
  std::array<std::array<double, kMostValues>, kAttributes> chances_{};
  std::array<double, kMostValues> cumulative_{};  // by category
  std::size_t num_categories_ = 0;
};

}  // namespace monet::synth
