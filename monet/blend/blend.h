#pragma once

#include "monet/artifact/artifact.h"
#include "monet/blend/choose_weights.h"
#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace monet::blend {

struct BlendOptions {
  scoring::BlendBy by = scoring::BlendBy::zscore;
  std::optional<Weights> weights;  // none: chosen on the validation split
  std::filesystem::path out;
  std::vector<std::filesystem::path> sources;  // what is read for it beside the parts, and so never replaced
  bool force = false;
};

/// What was blended, and how good it is.
struct BlendResult {
  std::vector<std::size_t> kept;             // which parts have a weight, ascending
  Weights weights;                           // theirs
  std::optional<WeightSearch> search;        // over all parts; none without validation items
  std::map<std::string, double> validation;  // of the blend, as `train` writes them
  std::map<std::string, double> test;
};

/// What can be said before any data is read. Throws as require_agreement, and InvalidArgument for weights that do not
/// fit or an `out` that may not be written.
void require_blendable(std::span<const artifact::Artifact> parts, const BlendOptions& options);

/// Blends artifacts that were trained on `dataset`: chooses weights on its validation split (the grid of
/// weight_grid.h, by recall@20) unless they are given, measures the blend on both splits, and writes it as an artifact.
/// Parts that get no weight are left out; two at least are kept, also where one alone is better: `search` says so.
/// Throws as require_agreement, choose_weights and write_blend, and DataError for another dataset than the parts'.
BlendResult blend(ThreadPool& pool, const data::Dataset& dataset, std::vector<artifact::Artifact> parts,
                  const BlendOptions& options);

}  // namespace monet::blend
