#include "monet/artifact/config.h"

#include <fmt/format.h>

namespace monet::artifact {

namespace {

std::string word(models::Encoder value) {
  switch (value) {
    case models::Encoder::megcn: return "megcn";
    case models::Encoder::lightgcn: return "lightgcn";
    case models::Encoder::none: break;
  }
  return "none";
}

std::string word(models::Fusion value) {
  switch (value) {
    case models::Fusion::concat: return "concat";
    case models::Fusion::sum: return "sum";
    case models::Fusion::weighted_sum: return "weighted_sum";
    case models::Fusion::fc: break;
  }
  return "fc";
}

std::string word(models::Collaborative value) {
  switch (value) {
    case models::Collaborative::none: return "none";
    case models::Collaborative::lightgcn: return "lightgcn";
    case models::Collaborative::megcn: break;
  }
  return "megcn";
}

/// 0.3F as 0.3, not as 0.300000012.
double shortest(float value) {
  return std::stod(fmt::format("{}", value));
}

}  // namespace

Fields to_fields(const models::ModelOptions& options) {
  return {
      {"dim", options.dim},
      {"layers", std::int64_t{options.layers}},
      {"alpha", shortest(options.alpha)},
      {"beta", shortest(options.beta)},
      {"weight_decay", shortest(options.weight_decay)},
      {"encoder", word(options.encoder)},
      {"fusion", word(options.fusion)},
      {"collaborative", word(options.collaborative)},
      {"target_aware", options.target_aware},
      {"normalize_features", options.normalize_features},
      {"normalize_self", options.normalize_self},
      {"exclude_target", options.exclude_target},
      {"features_dtype", options.features_dtype == models::FeaturesDtype::f32 ? "f32" : "bf16"},
      {"features_layout", options.features_layout == models::FeaturesLayout::rows ? "rows" : "both"},
  };
}

}  // namespace monet::artifact
