#include "monet/models/monet_softmax.h"

#include "monet/models/detail/grids.h"
#include "monet/models/registry.h"

namespace monet::models {

namespace {

Monet::Options preset() {
  Monet::Options options;
  options.weight_decay = 1e-4F;
  options.encoder = Monet::Encoder::lightgcn;
  options.collaborative = Monet::Collaborative::lightgcn;
  options.target_aware = false;
  options.loss = RankingLossKind::softmax;
  options.similarity = ScoreSimilarity::cosine;
  options.item_bias = true;
  options.standardise = detail::FeatureScale::automatic;
  return options;
}

}  // namespace

const OptionSet<Monet::Options>& MonetSoftmax::option_set() {
  static const auto set = described(preset());
  return set;
}

const Registration& monet_softmax_registration() {
  static const Registration entry = registration_of<MonetSoftmax>(
      {"modalities and ids by cosines, trained by a softmax over all items, with item bias and popularity",
       {.learning_rate = 1e-3,
        .batch_size = 2048,
        .validate_every = 4,
        .sampling = Sampling::interactions,
        .popularity = OptionInfo::kWord},
       {{"temperature", {"0.1", "0.15", "0.2", "0.4", "0.8"}},
        {"learning-rate", {"0.0005", "0.001", "0.002"}},
        {"layers", detail::layer_counts()}},
       true,
       {Setting{}, Setting{{"temperature", "0.1"}}, Setting{{"temperature", "0.4"}}, Setting{{"standardise", "on"}},
        Setting{{"temperature", "0.15"}}, Setting{{"candidates", "512"}}, Setting{{"temperature", "0.8"}}}});
  return entry;
}

}  // namespace monet::models
