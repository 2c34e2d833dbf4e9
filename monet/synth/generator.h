#pragma once

#include "monet/data/dataset.h"
#include "monet/synth/options.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace monet::synth {

/// The generated dataset in memory, for benchmarks and tests: what `data::load` would return for what `write_dataset`
/// writes, split by the paper's rule. Throws InvalidArgument (see `check`).
data::Dataset generate_dataset(const GeneratorOptions& options);

/// Writes the dataset directory in MMRec's layout: `NAME.inter` with `x_label`, `<modality>_feat.npy`,
/// `u_id_mapping.csv`, `i_id_mapping.csv`, `items.csv` with titles and categories, and `synth.json`. The directory
/// appears complete or not at all. Throws InvalidArgument (options; what OutputFolder does not replace), IoError.
/// `between` is called after each step; what it throws ends the work, and nothing is left.
void write_dataset(
    const std::filesystem::path& directory, const GeneratorOptions& options, bool force = false,
    const std::function<void()>& between = [] {});

/// Writes `<modality>_feat.npy` of random features into an existing dataset directory, and notes in
/// `random_features.json` that they mean nothing. Throws InvalidArgument as `require_features`; IoError.
void write_features(const std::filesystem::path& directory, const std::string& modality, Index num_items, Index width,
                    std::uint64_t seed, bool force = false);
/// Throws InvalidArgument when the file exists and `force` is false, or is not one that `write_features` has written.
void require_features(const std::filesystem::path& directory, const std::string& modality, bool force);

}  // namespace monet::synth
