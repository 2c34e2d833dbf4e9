#pragma once

#include "monet/artifact/artifact.h"
#include "monet/data/dataset.h"
#include "monet/experiments/avg_diff.h"
#include "monet/experiments/similarity.h"

#include <string>
#include <vector>

namespace monet::cli {

/// What `monet analyze … --json` writes (docs/experiments.md).
std::string similarity_json(const data::Dataset& dataset,
                            const std::vector<experiments::ModalitySimilarity>& modalities);
std::string avg_diff_json(const artifact::Artifact& artifact,
                          const std::vector<experiments::ModalityDifference>& modalities, bool exact);

}  // namespace monet::cli
