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
  std::vector<ModalityShape> modalities = {{"image", 64}, {"text", 48}};  // of the ready features
  std::uint64_t seed = 7;
  double popularity_exponent = 0.7;  // popularity of the r-th item ~ 1 / (r + 5)^exponent; 0: all alike
  double noise = 0.6;                // length of the noise in a feature row; the attributes' part is about 1.5 long
  double image_signal = 1.0;         // chance that what a picture shows of an attribute is true; else it is random
  double text_signal = 1.0;          // the same of texts
  double cold_items = 0.0;           // share of the items that nobody touches
  double drift = 0.0;                // share of a user's last choices that follow a second taste, 0 at the first choice
  double off_taste = 0.0;            // share of choices that follow popularity alone
};

/// Throws InvalidArgument for what cannot be: fewer than one user or two items that may be touched, more interactions
/// than half of all pairs, a modality without a name or width, a share outside [0, 1].
void check(const GeneratorOptions& options);

/// How many items are cold, and how many are left.
Index num_cold_items(const GeneratorOptions& options);

}  // namespace monet::synth
