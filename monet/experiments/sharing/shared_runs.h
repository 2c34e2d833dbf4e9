#pragma once

#include "monet/experiments/experiment.h"
#include "monet/experiments/sharing/share.h"

#include <atomic>
#include <cstdint>
#include <vector>

namespace monet::experiments::sharing {

/// As do_runs, together with the others that share the folder: goes through the runs in order, passes over what is done
/// or taken, and waits for the last ones. A run is made in a folder of its own (work_folder.h) and appears whole; one
/// that failed has failed for all that are there.
std::vector<Run> do_shared_runs(const ExperimentOptions& options, const std::vector<PlannedRun>& planned,
                                const std::vector<std::uint64_t>& bytes, int lock, Share& share,
                                ExperimentObserver& observer, const std::atomic<bool>& should_stop,
                                const std::function<void(const std::vector<Run>&)>& finished);

}  // namespace monet::experiments::sharing
