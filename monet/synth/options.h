#pragma once

#include "monet/core/view.h"

#include <cstdint>
#include <string>
#include <vector>

namespace monet::synth {

/// A generated kind of features and its width.
struct ModalityShape {
  std::string name;
  Index width = 0;
};

/// What to generate. Every part is a function of these fields; nothing depends on the clock or the machine.
struct GeneratorOptions {
  std::string name = "synth";
  Index num_users = 1500;
  Index num_items = 1000;
  Index num_interactions = 15000;
  std::vector<ModalityShape> modalities = {{"image", 64}, {"text", 48}};
  std::uint64_t seed = 7;
  double popularity_exponent = 0.7;  // popularity of the r-th item ~ 1 / (r + 5)^exponent; 0: all alike
  double noise = 0.6;                // length of the noise in a feature row; the attributes' part is about 1.5 long
};

/// Throws InvalidArgument for sizes that cannot be: fewer than one user or item, more interactions than half of all
/// pairs, a modality without a name or width.
void check(const GeneratorOptions& options);

}  // namespace monet::synth
