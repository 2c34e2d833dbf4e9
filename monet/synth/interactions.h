#pragma once

#include "monet/synth/catalogue.h"
#include "monet/synth/options.h"

#include <cstdint>
#include <vector>

namespace monet::synth {

/// Generated interactions as parallel arrays: grouped by user, each user's in the order in which they happened, no pair
/// twice.
struct GeneratedInteractions {
  std::vector<std::int32_t> users;
  std::vector<std::int32_t> items;
};

/// Draws exactly `num_interactions` interactions. A user likes a few categories, and two colours, patterns and
/// materials; an item is drawn by the category's and its own popularity and accepted by how well it fits. Activity is
/// log-normal, at least five each where the total allows. Each user has a random stream of their own, so the draw of
/// one does not depend on the others. About a microsecond each.
GeneratedInteractions generate_interactions(const GeneratorOptions& options, const Catalogue& catalogue);

}  // namespace monet::synth
