#pragma once

#include "monet/experiments/automatic/auto.h"
#include "monet/experiments/race/budget.h"

#include <atomic>
#include <cstddef>
#include <filesystem>

namespace monet::experiments::automatic {

inline constexpr std::size_t kFinalists = 3;

/// What follows the race: the best `kFinalists` trained again with further seeds, the choice by validation, the chosen
/// method without each modality, the blend, and the one look at the test split. Fills `found` from `contenders` to
/// `without` and returns the folder of the artifact that is chosen. `lock`: a descriptor for the processes to inherit.
/// Throws DataError where no candidate came through, IoError and Interrupted.
std::filesystem::path make_final(Found& found, const race::Budget& budget, int lock, ExperimentObserver& observer,
                                 const std::atomic<bool>& should_stop);

}  // namespace monet::experiments::automatic
