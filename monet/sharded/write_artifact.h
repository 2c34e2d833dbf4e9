#pragma once

#include "monet/models/output.h"
#include "monet/sharded/model.h"
#include "monet/train/write_artifact.h"

#include <span>

namespace monet::sharded {

/// What a spread training hands over. `contents` has names, fields, metrics, the log and how new items are made, the
/// same in every process; its dataset, parameters and scoring are not read.
struct ArtifactParts {
  Model* model = nullptr;
  const models::Output* own = nullptr;  // of own users and own items, with Detail::artifact
  std::span<const float> prior;         // [I] of all items, or empty
  train::ArtifactContents contents;
};

/// train::write_artifact where every process writes its own rows into one directory, on a file system that all share:
/// what comes out is an artifact as any. Throws as train::write_artifact, in every process alike. Collective.
void write_artifact(const ArtifactParts& parts, const std::filesystem::path& path, bool force);

}  // namespace monet::sharded
