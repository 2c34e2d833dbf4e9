#include "monet/train/popularity.h"

#include "monet/core/median.h"

#include <cmath>
#include <utility>

namespace monet::train {

float median_of_positive(std::vector<float> values) {
  std::erase_if(values, [](float value) { return !(value > 0.0F); });
  return lower_median(std::move(values));
}

std::vector<float> with_popularity(const scoring::Scoring& scoring, double weight, models::NewItems new_items) {
  std::vector<float> prior(scoring.item_prior.begin(), scoring.item_prior.end());
  if (weight == 0.0) return prior;
  const std::vector<float> counts(scoring.item_popularity.begin(), scoring.item_popularity.end());
  const float unseen = new_items == models::NewItems::median ? median_of_positive(counts) : 0.0F;
  prior.resize(counts.size(), 0.0F);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto count = static_cast<double>(counts[i] > 0.0F ? counts[i] : unseen);
    prior[i] = static_cast<float>(static_cast<double>(prior[i]) + weight * std::log1p(count));
  }
  return prior;
}

}  // namespace monet::train
