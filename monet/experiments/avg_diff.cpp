#include "monet/experiments/avg_diff.h"

#include "monet/artifact/tensor_names.h"
#include "monet/core/error.h"
#include "monet/core/rng.h"

namespace monet::experiments {

namespace names = artifact::names;

std::vector<ModalityDifference> average_differences(ThreadPool& pool, const artifact::Artifact& artifact,
                                                    const data::Dataset& dataset, const AvgDiffOptions& options) {
  const artifact::Config& config = artifact.config();
  if (dataset.modalities.empty()) {
    fail<DataError>("{}: no item features; avg.diff compares embeddings with them: put NAME_feat.npy into the dataset",
                    dataset.path);
  }
  if (dataset.num_items() != config.num_items) {
    fail<DataError>("{}: {} items, but {} was trained on {}; give the data it was trained on", dataset.path,
                    dataset.num_items(), artifact.path().string(), config.num_items);
  }
  if (!artifact.parts().empty()) {
    fail<DataError>("{}: a blend has no embeddings of its own; give one of its parts, {} to {}",
                    artifact.path().string(), artifact.parts().front().path().string(),
                    artifact.parts().back().path().string());
  }
  std::vector<ModalityDifference> result;
  for (const data::Modality& modality : dataset.modalities) {
    std::string name = std::string(names::kModalityPrefix) + modality.name;
    MatrixView<const float> embedding = artifact.tensor(name);
    if (embedding.rows == 0) {
      name = names::kItemEmbedding;
      embedding = artifact.tensor(name);
    }
    if (embedding.rows == 0) {
      fail<DataError>(
          "{}: {} has no item embeddings, so nothing to compare with the features; give an artifact of a "
          "model that has, e.g. monet",
          artifact.path().string(), config.model);
    }
    Rng rng(options.seed);
    const eval::Estimate estimate =
        options.samples > 0 ? eval::average_difference_sampled(rng, options.samples, modality.features, embedding)
                            : eval::average_difference(pool, modality.features, embedding);
    result.push_back({modality.name, std::move(name), estimate});
  }
  return result;
}

}  // namespace monet::experiments
