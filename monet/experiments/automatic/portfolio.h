#pragma once

#include "monet/data/dataset.h"
#include "monet/experiments/race/entrant.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace monet::experiments::automatic {

/// The candidates of a race of all models: the settings that their registrations name, in the order of the registry, or
/// those of `asked`, where a model without options stands for its registration's settings (its defaults where there are
/// none). Those that need features where the dataset has none, and those that do not fit into `memory` bytes (0: not
/// heeded), are left out with the reason. Folders lie below `out`.
std::vector<race::Entrant> candidates(const data::Dataset& dataset, const std::vector<Method>& asked,
                                      std::uint64_t memory, std::uint64_t seed, const std::filesystem::path& out);

}  // namespace monet::experiments::automatic
