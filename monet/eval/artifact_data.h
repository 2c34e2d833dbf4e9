#pragma once

#include "monet/artifact/artifact.h"
#include "monet/data/load.h"

#include <filesystem>
#include <string>

namespace monet::eval {

/// The dataset at `path` that `artifact` is to be looked at with. Without `modalities` in `load` it has the modalities
/// of the artifact: the hash covers them. Throws DataError when it is not the data the artifact was trained on: numbers
/// of users and items always, content unless `force`, which messages name where `may_force`.
data::Dataset load_data_of(const artifact::Artifact& artifact, const std::filesystem::path& path,
                           data::LoadOptions load, bool force, bool may_force = false);

/// How `load_data_of` reads it, and what it checks of what it has read: for who reads another way.
data::LoadOptions load_options_for(const artifact::Artifact& artifact, data::LoadOptions load, bool force);
void require_data_of(const artifact::Artifact& artifact, const std::filesystem::path& path, Index num_users,
                     Index num_items, const std::string& hash, bool force, bool may_force = false);

}  // namespace monet::eval
