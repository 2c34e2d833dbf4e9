#pragma once

#include "monet/core/rng.h"
#include "monet/synth/catalogue.h"
#include "monet/synth/options.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace monet::synth {

/// Draws exactly `num_interactions` interactions and hands each user's items over in the order in which they were
/// chosen, no item twice; users ascending. A user likes a few categories, and two colours, patterns and styles; an item
/// is drawn by the category's and its own popularity and accepted by how well it fits; `drift` and `off_taste` bend
/// that. Activity is log-normal, at least five each where the total allows. Each user has a random stream of their own,
/// so the draw of one does not depend on the others. About a microsecond each, O(users + items) memory.
void for_each_user(const GeneratorOptions& options, const Catalogue& catalogue,
                   const std::function<void(std::int32_t user, std::span<const std::int32_t> items)>& visit);

/// Generated interactions as parallel arrays: grouped by user, each user's in the order in which they happened, no pair
/// twice.
struct GeneratedInteractions {
  std::vector<std::int32_t> users;
  std::vector<std::int32_t> items;
};

/// All of them in memory.
GeneratedInteractions generate_interactions(const GeneratorOptions& options, const Catalogue& catalogue);

/// When things happened, in seconds since 1970: a user arrives at some moment of 2020 and chooses something every few
/// days.
class Clock {
 public:
  explicit Clock(std::uint64_t seed);
  void arrive();
  Index next();

 private:
  Rng rng_;
  Index time_ = 0;
};

}  // namespace monet::synth
