#include "monet/synth/options.h"

#include "monet/core/error.h"

#include <cmath>
#include <initializer_list>
#include <utility>

namespace monet::synth {

Index num_cold_items(const GeneratorOptions& options) {
  return std::llround(options.cold_items * static_cast<double>(options.num_items));
}

void check(const GeneratorOptions& options) {
  if (options.num_users < 1 || options.num_items < 2 || options.num_interactions < 1) {
    fail<InvalidArgument>("[synth] {} users, {} items, {} interactions; expected at least 1, 2 and 1",
                          options.num_users, options.num_items, options.num_interactions);
  }
  constexpr Index kMost = 50'000'000;
  if (options.num_users > kMost || options.num_items > kMost) {
    fail<InvalidArgument>("[synth] {} users and {} items; at most {} of either", options.num_users, options.num_items,
                          kMost);
  }
  const std::initializer_list<std::pair<const char*, double>> shares = {{"image signal", options.image_signal},
                                                                        {"text signal", options.text_signal},
                                                                        {"cold items", options.cold_items},
                                                                        {"drift", options.drift},
                                                                        {"off taste", options.off_taste}};
  for (const auto& [name, share] : shares) {
    if (!(share >= 0.0 && share <= 1.0)) fail<InvalidArgument>("[synth] {} {}; expected 0 to 1", name, share);
  }
  const Index warm = options.num_items - num_cold_items(options);
  if (warm < 2) fail<InvalidArgument>("[synth] {} items that are not cold; expected at least 2", warm);
  if (options.num_interactions > options.num_users * (warm / 2)) {
    fail<InvalidArgument>(
        "[synth] {} interactions are more than half of all {} × {} pairs; lower them or add users or items",
        options.num_interactions, options.num_users, warm);
  }
  for (const auto& modality : options.modalities) {
    if (!modality.name.empty() && modality.name.find('/') == std::string::npos && modality.width > 0) continue;
    fail<InvalidArgument>("[synth] modality '{}' of width {}; expected a name and a width above 0", modality.name,
                          modality.width);
  }
}

}  // namespace monet::synth
