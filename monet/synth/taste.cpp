#include "monet/synth/taste.h"

#include <algorithm>

namespace monet::synth {

std::vector<Shelf> shelves_of(const Catalogue& catalogue) {
  constexpr double kTicketsPerItem = 8.0;
  const double all_tickets = kTicketsPerItem * static_cast<double>(catalogue.attributes.size());
  std::vector<Shelf> shelves(num_values(Attribute::category));
  for (std::size_t i = 0; i < catalogue.attributes.size(); ++i) {
    if (catalogue.popularity[i] == 0.0) continue;
    Shelf& shelf = shelves[catalogue.value(i, Attribute::category)];
    const auto tickets = std::max<std::size_t>(1, static_cast<std::size_t>(catalogue.popularity[i] * all_tickets));
    shelf.tickets.insert(shelf.tickets.end(), tickets, static_cast<std::int32_t>(i));
    shelf.popularity += catalogue.popularity[i];
  }
  return shelves;
}

Taste::Taste(Rng& rng, const std::vector<Shelf>& shelves) : num_categories_(shelves.size()) {
  const auto like = [&](Attribute attribute, std::size_t favourites, double others) {
    auto& chances = chances_[static_cast<std::size_t>(attribute)];
    std::fill_n(chances.begin(), num_values(attribute), others);
    for (std::size_t f = 0; f < favourites; ++f) chances[rng.below(num_values(attribute))] = 1.0;
  };
  like(Attribute::category, 3, 0.02);
  like(Attribute::colour, 2, 0.2);
  like(Attribute::pattern, 2, 0.2);
  like(Attribute::style, 2, 0.2);
  double sum = 0.0;
  for (std::size_t c = 0; c < num_categories_; ++c) {
    cumulative_[c] = sum += chances_[static_cast<std::size_t>(Attribute::category)][c] * shelves[c].popularity;
  }
}

std::size_t Taste::draw_category(Rng& rng) const {
  const double at = rng.uniform() * cumulative_[num_categories_ - 1];
  std::size_t category = 0;
  while (category + 1 < num_categories_ && cumulative_[category] <= at) ++category;
  return category;
}

double Taste::fit(const Catalogue& catalogue, std::size_t item) const {
  const auto chance = [&](Attribute attribute) {
    return chances_[static_cast<std::size_t>(attribute)][catalogue.value(item, attribute)];
  };
  return chance(Attribute::colour) * chance(Attribute::pattern) * chance(Attribute::style);
}

}  // namespace monet::synth
