#include "monet/train/popularity.h"

#include "monet/core/median.h"

#include <cmath>
#include <utility>

namespace monet::train {

float median_of_positive(std::vector<float> values) {
  std::erase_if(values, [](float value) { return !(value > 0.0F); });
  return lower_median(std::move(values));
}

namespace {

/// How often an item counts as touched that nobody has.
float count_of_unseen(const scoring::Scoring& scoring, models::NewItems new_items) {
  if (new_items != models::NewItems::median) return 0.0F;
  return median_of_positive({scoring.item_popularity.begin(), scoring.item_popularity.end()});
}

float prior_of(float own, double weight, float count) {
  return static_cast<float>(static_cast<double>(own) + weight * std::log1p(static_cast<double>(count)));
}

}  // namespace

float prior_of_new_item(const scoring::Scoring& scoring, float own, double weight, models::NewItems new_items) {
  return weight == 0.0 ? own : prior_of(own, weight, count_of_unseen(scoring, new_items));
}

std::vector<float> with_popularity(const scoring::Scoring& scoring, double weight, models::NewItems new_items) {
  std::vector<float> prior(scoring.item_prior.begin(), scoring.item_prior.end());
  if (weight == 0.0) return prior;
  const std::span<const float> counts = scoring.item_popularity;
  const float unseen = count_of_unseen(scoring, new_items);
  prior.resize(counts.size(), 0.0F);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    prior[i] = prior_of(prior[i], weight, counts[i] > 0.0F ? counts[i] : unseen);
  }
  return prior;
}

}  // namespace monet::train
