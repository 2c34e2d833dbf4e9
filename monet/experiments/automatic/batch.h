#pragma once

#include "monet/experiments/experiment.h"
#include "monet/experiments/scheduler.h"

#include <atomic>
#include <string>
#include <vector>

namespace monet::experiments::automatic {

/// A job with the name it is shown by.
struct NamedJob {
  std::string name;
  Job job;
};

/// Runs the jobs and says how each ended, in their order. Throws as run_jobs.
std::vector<JobEnd> run_batch(const SchedulerOptions& options, std::vector<NamedJob> jobs, ExperimentObserver& observer,
                              const std::atomic<bool>& should_stop);

}  // namespace monet::experiments::automatic
