#pragma once

#include "monet/artifact/artifact.h"
#include "monet/data/inspect.h"
#include "monet/eval/data_quality.h"

#include <string>

namespace monet::cli {

/// What `info --json` prints: one JSON object, indented.
std::string info_json(const data::Dataset& dataset, const data::Inspection& inspection,
                      const eval::DataQuality& quality);
std::string info_json(const artifact::Artifact& artifact);

}  // namespace monet::cli
