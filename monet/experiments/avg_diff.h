#pragma once

#include "monet/artifact/artifact.h"
#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/eval/analyses.h"

#include <cstdint>
#include <string>
#include <vector>

namespace monet::experiments {

/// How avg.diff (Eq. 1) is computed.
struct AvgDiffOptions {
  Index samples = 0;  // ordered pairs drawn for each modality; 0: exact, over all of them
  std::uint64_t seed = 123;
};

/// avg.diff of one modality.
struct ModalityDifference {
  std::string modality;
  std::string embedding;  // the tensor that was compared with the features
  eval::Estimate estimate;
};

/// How far an artifact's item embeddings are from the features of each modality of `dataset`. A modality is compared
/// with its own embedding, `item_embedding.<modality>`, where the model keeps one, otherwise with the one
/// `item_embedding` that stands for the item as a whole (a model of ids alone): then the figure says how much of the
/// modality is left in it. Throws DataError when the dataset has no features, the artifact no embeddings (one that is
/// not trained) or another number of items.
std::vector<ModalityDifference> average_differences(ThreadPool& pool, const artifact::Artifact& artifact,
                                                    const data::Dataset& dataset, const AvgDiffOptions& options = {});

}  // namespace monet::experiments
