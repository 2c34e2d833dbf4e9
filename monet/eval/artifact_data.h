#pragma once

#include "monet/artifact/artifact.h"
#include "monet/data/load.h"

#include <filesystem>

namespace monet::eval {

/// The dataset at `path` that `artifact` is to be looked at with. Without `modalities` in `load` it has the modalities
/// of the artifact: the hash covers them. Throws DataError when it is not the data the artifact was trained on: numbers
/// of users and items always, content unless `force`.
data::Dataset load_data_of(const artifact::Artifact& artifact, const std::filesystem::path& path,
                           data::LoadOptions load, bool force);

}  // namespace monet::eval
