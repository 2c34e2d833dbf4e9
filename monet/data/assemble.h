#pragma once

#include "monet/data/features.h"
#include "monet/data/interactions.h"
#include "monet/data/load.h"

#include <filesystem>
#include <string>
#include <vector>

namespace monet::data {

// What whoever puts a dataset together of its parts checks and says, in this order.

/// What is known of interactions before tables are made for them.
struct Extent {
  LargestId user;
  LargestId item;
  Index train = 0;         // interactions, repeated ones among them
  Index interactions = 0;  // of all three parts
  std::string training_file;
  bool users_named = false;  // else ids are row numbers
  bool items_named = false;
};

/// Sizes of the dataset, and the feature files that it will have.
struct Sizes {
  Index users = 0;
  Index items = 0;
  std::vector<FeatureFile> features;
};

/// Throws DataError: no training interactions, absurd ids, fewer feature rows than items; and as `find_features`. An
/// empty folder has no features.
Sizes sizes_of(const Extent& extent, const std::filesystem::path& folder, const LoadOptions& options);

/// Says what `notes` counted while interactions were read.
void note_reading(Notes& notes);
/// Says that rows of a modality were filled.
void note_missing_rows(const Modality& modality, Index num_items, MissingRows policy, Notes& notes);
/// Says of a map of names that it names `beyond` rows that are not there, and `unnamed` rows of those that are not.
void note_names(const std::string& file, const char* what, Index beyond, Index unnamed, Notes& notes);
/// Says that users occur only in validation or test, and that items have features only.
void note_strangers(Index only_held_out, Index cold, bool has_features, Notes& notes);

}  // namespace monet::data
