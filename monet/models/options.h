#pragma once

#include "monet/core/view.h"

#include <string>

namespace monet::models {

enum class Encoder { megcn, lightgcn, none };
enum class Fusion { concat, sum, weighted_sum, fc };
/// An extra collaborative (id) embedding pair beside the modalities, and how it is propagated.
enum class Collaborative { none, lightgcn, megcn };
enum class FeaturesDtype { f32, bf16 };
/// `both` keeps a transposed copy of the features: a faster weight gradient for twice their memory.
enum class FeaturesLayout { rows, both };

/// Options of a model, named as on the command line. Defaults are MONET's (paper §5.1).
struct ModelOptions {
  Index dim = 64;              // d
  int layers = 2;              // L
  float alpha = 1.0F;          // self-connection, Eq. 3
  float beta = 0.3F;           // share of the target-oriented score, Eq. 6
  float weight_decay = 1e-5F;  // lambda, Eq. 7
  Encoder encoder = Encoder::megcn;
  Fusion fusion = Fusion::concat;
  Collaborative collaborative = Collaborative::none;
  bool target_aware = true;
  bool normalize_features = true;  // rows of P_m divided by their L2 norm
  bool normalize_self = false;     // the paper's footnote 9
  bool exclude_target = false;     // leave the positive item out of its own attention
  FeaturesDtype features_dtype = FeaturesDtype::f32;
  FeaturesLayout features_layout = FeaturesLayout::rows;
};

}  // namespace monet::models
