#pragma once

#include "monet/core/files/replaceable.h"

#include <filesystem>
#include <string>

namespace monet::data {

/// Where it is noted which features of a dataset are random and mean nothing.
inline constexpr const char* kRandomFeatures = "random_features.json";

/// Notes there that `<modality>_feat.npy`, which lies in the folder, is random. Throws IoError.
void note_random_features(const std::filesystem::path& folder, const std::string& modality);

/// Owns the note and the features that it lists, as long as they are unchanged; nothing where there is no note.
files::Owns owns_random_features(const std::filesystem::path& folder);

/// Any folder with such a note.
const files::FolderKind& random_features_folder();

}  // namespace monet::data
