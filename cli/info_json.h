#pragma once

#include "monet/artifact/artifact.h"
#include "monet/data/inspect.h"

#include <string>

namespace monet::cli {

/// What `info --json` prints: one JSON object, indented.
std::string info_json(const data::Dataset& dataset, const data::Inspection& inspection);
std::string info_json(const artifact::Artifact& artifact);

}  // namespace monet::cli
