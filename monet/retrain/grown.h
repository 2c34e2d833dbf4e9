#pragma once

#include "monet/data/dataset.h"
#include "monet/describe/item_describer.h"
#include "monet/store/store.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace monet::retrain {

/// A modality that the model is trained on, with its width.
struct Expected {
  std::string name;
  Index width = 0;
};

/// What of a store's events counts.
struct GrowOptions {
  store::KindWeights kind_weights;  // of an event without a weight of its own
  /// Users whose newest item is held out for validation, and as many again for the test: this share of those who have
  /// one to spare, or more, so that `enough` are there; never more than half of them.
  double held_out = 0.1;
  Index enough = 200;
};

/// A dataset with what a store says beyond it.
struct Grown {
  data::Dataset dataset;
  /// Users whose newest item is held out, and that item: what models are compared by. Rows of `dataset`, by user.
  std::vector<std::pair<std::int32_t, std::int32_t>> test;
  Index new_users = 0;
  Index new_items = 0;
  Index new_interactions = 0;  // pairs of a user and an item, those held out among them
};

/// `base` (nothing: an empty dataset) with the users, items and interactions of the store. Pairs that weigh more than 0
/// and that `base` does not have join the training part, but for each chosen user's newest one, which joins validation
/// or test; who is chosen depends on her id, so that the same are chosen the next time. Items of the store without an
/// event join where they have features. Features of the store take the place of those of `base`; those of texts are
/// made for new items that have none, by the recipe of `base` or, where it has none, that of `recipes`; what is missing
/// then is filled with the mean. Titles of new items come along. Throws DataError for features of another width than
/// `modalities`, and where nothing remains to train on. O(events + I·Σ d_m + texts of new items).
Grown grown(std::optional<data::Dataset> base, std::span<const Expected> modalities, const describe::Recipes& recipes,
            store::Store& store, const GrowOptions& options);

}  // namespace monet::retrain
