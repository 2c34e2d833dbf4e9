#pragma once

#include "monet/core/matrix.h"
#include "monet/prepare/items/item_store.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace monet::prepare {

/// What features are made from.
struct FeatureRequest {
  const ItemStore& items;
  std::filesystem::path folder;      // of the catalogue: relative paths of pictures begin here
  std::vector<std::string> present;  // modalities that the dataset has already, given ones first
};

/// Features made from the items: they become `<name>_feat.npy`.
struct MadeFeatures {
  std::string name;                                          // empty: none were made, as the notes explain
  Matrix<float> rows;                                        // [items, width], all NaN where an item has none
  std::vector<std::pair<std::string, std::string>> choices;  // how they were made, for prepare.json
  std::vector<std::string> notes;                            // lines for the user
  /// Writes how they were made (features/recipe.h) to a file; `features`: the hash of the file that they are in.
  std::function<void(const std::filesystem::path& file, const std::string& features)> write_recipe = {};
};

/// Makes one modality when everything else of a dataset is ready, or nothing where there is nothing to make it from.
/// Throws what ends the preparation.
using FeatureSource = std::function<std::optional<MadeFeatures>(const FeatureRequest&)>;

}  // namespace monet::prepare
