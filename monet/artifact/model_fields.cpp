#include "monet/artifact/config.h"

#include "monet/core/error.h"
#include "monet/models/model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

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

std::string word(models::Regulariser value) {
  switch (value) {
    case models::Regulariser::squared: return "squared";
    case models::Regulariser::propagated: return "propagated";
    case models::Regulariser::norm: break;
  }
  return "norm";
}

std::string word(models::MmgcnVariant value) {
  switch (value) {
    case models::MmgcnVariant::full: return "full";
    case models::MmgcnVariant::linear: return "linear";
    case models::MmgcnVariant::no_self: return "no-self";
    case models::MmgcnVariant::layer_combination: return "layer-combination";
    case models::MmgcnVariant::no_graph: break;
  }
  return "no-graph";
}

/// 0.3F as 0.3, not as 0.300000012.
double shortest(float value) {
  return std::stod(fmt::format("{}", value));
}

}  // namespace

Fields to_fields(std::string_view model, const models::ModelOptions& o) {
  const Fields all = {
      {"dim", o.dim},
      {"layers", std::int64_t{o.layers}},
      {"layer_widths", fmt::format("{}", fmt::join(o.layer_widths, ","))},
      {"alpha", shortest(o.alpha)},
      {"beta", shortest(o.beta)},
      {"weight_decay", shortest(o.weight_decay)},
      {"regulariser", word(o.regulariser)},
      {"encoder", word(o.encoder)},
      {"fusion", word(o.fusion)},
      {"collaborative", word(o.collaborative)},
      {"target_aware", o.target_aware},
      {"normalize_features", o.normalize_features},
      {"normalize_self", o.normalize_self},
      {"exclude_target", o.exclude_target},
      {"adjacency", o.adjacency == models::Adjacency::symmetric ? "symmetric" : "row-self-loops"},
      {"dropout", shortest(o.dropout)},
      {"biases", o.biases},
      {"item_neighbours", o.item_neighbours},
      {"item_layers", std::int64_t{o.item_layers}},
      {"lambda_coeff", shortest(o.lambda_coeff)},
      {"projection_dim", o.projection_dim},
      {"latent_dim", o.latent_dim},
      {"combination", o.combination == models::Combination::concat ? "concat" : "elementwise"},
      {"trainable_ids", o.trainable_ids},
      {"variant", word(o.variant)},
      {"routing", o.routing == models::Routing::published ? "published" : "paper"},
      {"num_routing", std::int64_t{o.num_routing}},
      {"pruning", o.pruning},
      {"preservation", shortest(o.preservation)},
      {"neighbours", o.neighbours},
      {"shrink", o.shrink},
      {"content", o.content},
      {"features_dtype", o.features_dtype == models::FeaturesDtype::f32 ? "f32" : "bf16"},
      {"features_layout", o.features_layout == models::FeaturesLayout::rows ? "rows" : "both"},
  };
  Fields out;
  for (const std::string_view option : models::model_option_names(model)) {
    std::string name(option);
    std::replace(name.begin(), name.end(), '-', '_');
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& field) { return field.first == name; });
    if (found == all.end())
      fail<InternalError>("[artifact] model {} reads an option {} that is unknown", model, option);
    out.push_back(*found);
  }
  return out;
}

}  // namespace monet::artifact
