#pragma once

#include "monet/models/options.h"
#include "monet/scoring/scoring.h"

#include <vector>

namespace monet::train {

/// What every item scores whoever asks, of a model's scores `scoring` (its `item_popularity` |N_i| and its own
/// `item_prior`, if any): prior_i + weight · ln(1 + |N_i|), where an item without interactions counts as
/// `new_items` says. Empty where there is neither. O(I log I).
std::vector<float> with_popularity(const scoring::Scoring& scoring, double weight, models::NewItems new_items);

/// The same of an item that is not there yet and has `own` of the model's own: what the one above gives an item without
/// interactions.
float prior_of_new_item(const scoring::Scoring& scoring, float own, double weight, models::NewItems new_items);

/// The median of the positive ones of `values`, the lower of two; 0 when there is none.
float median_of_positive(std::vector<float> values);

}  // namespace monet::train
