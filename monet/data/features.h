#pragma once

#include "monet/data/dataset.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace monet::data {

/// What becomes of a feature row that is all NaN: the mean of the other rows (what the field's data sets do), zeros, or
/// an error.
enum class MissingRows { mean, zero, error };

/// A `<name>_feat.npy` that was found, with its row count.
struct FeatureFile {
  std::string name;
  std::filesystem::path path;
  Index rows = 0;
};

/// The feature files of `folder`, sorted by name; with `wanted`, only those. Reads headers only. Throws InvalidArgument
/// for a wanted name that is not there (listing what is), DataError for a file that is not a matrix.
std::vector<FeatureFile> find_features(const std::filesystem::path& folder,
                                       const std::optional<std::vector<std::string>>& wanted);

/// Reads one file into a modality of `num_items` rows. Throws DataError: another number of rows (both numbers are
/// named), no columns, all rows missing, and whatever `settle_rows` finds.
Modality read_modality(const FeatureFile& file, Index num_items, MissingRows policy);

/// The bytes of the recipe that lies beside features; empty where there is none, and where it is damaged or of other
/// features than these are now: then `note` says so. Nothing but new items needs it.
std::string read_recipe(const std::filesystem::path& features, std::string& note);

/// Finds the rows that are all NaN, counts them in `modality.missing_rows` and fills them by `policy`. Throws DataError
/// with row and column for any other NaN or infinity, and for a missing row under `MissingRows::error`. `file` is for
/// messages. O(size).
void settle_rows(Modality& modality, MissingRows policy, const std::string& file);

}  // namespace monet::data
