#pragma once

#include "monet/data/dataset.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace monet::data {

/// Quantiles of interactions per user or per item, over those with at least one.
struct DegreeSummary {
  Index count = 0;  // users or items with an interaction
  Index minimum = 0;
  Index quartile1 = 0;
  Index median = 0;
  Index quartile3 = 0;
  Index maximum = 0;
  double mean = 0.0;
};

/// What training interactions weigh.
struct WeightSummary {
  float least = 0.0F;
  float largest = 0.0F;
  double mean = 0.0;
};

struct SplitSummary {
  std::string name;  // "train", "validation", "test"
  Index interactions = 0;
  Index users = 0;
  Index items = 0;
};

struct ModalitySummary {
  std::string name;
  Index rows = 0;
  Index width = 0;
  Index missing_rows = 0;  // all NaN in the file
  Index zero_rows = 0;
  Index mean_rows = 0;    // the mean of all rows, as `--missing mean` fills (own_rows.h)
  Index not_finite = 0;   // values; 0 for anything that `load` returned
  double coverage = 0.0;  // share of items with features of their own: rows that were not missing, zero or the mean
  double norm_min = 0.0;  // L2 norms of the rows
  double norm_mean = 0.0;
  double norm_max = 0.0;
};

/// Interactions that stand in two splits.
struct Leak {
  std::size_t first = 0;  // splits: 0 train, 1 validation, 2 test
  std::size_t second = 0;
  Index count = 0;
  std::int32_t user = 0;  // one of them
  std::int32_t item = 0;
};

/// What a dataset holds and what is wrong with it.
struct Inspection {
  Index num_users = 0;
  Index num_items = 0;
  Index num_interactions = 0;  // over all splits
  double density = 0.0;        // interactions / (users × items)
  std::array<SplitSummary, 3> splits;
  DegreeSummary user_degrees;  // training
  DegreeSummary item_degrees;
  std::optional<WeightSummary> weights;  // nothing: all training interactions weigh the same
  Index duplicate_interactions = 0;      // merged on reading
  Index leaks = 0;                       // (user, item) pairs that stand in two splits, counted for each two
  std::vector<Leak> leaks_between;       // the same by splits, those with any
  Index users_without_training = 0;      // that validation or test knows
  Index silent_users = 0;                // in no split at all
  Index cold_items = 0;                  // in no split at all
  Index items_without_training = 0;      // that validation or test knows
  std::vector<ModalitySummary> modalities;
  std::vector<std::string> problems;  // one line each
  bool broken = false;  // some problem makes results wrong: leaks, features that are not finite, nothing to train on
};

/// O(interactions log degree + features).
Inspection inspect(const Dataset& dataset);

/// The lines `monet info` prints.
std::vector<std::string> describe(const Dataset& dataset, const Inspection& inspection);

}  // namespace monet::data
