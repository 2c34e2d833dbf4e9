#pragma once

#include "monet/core/thread_pool.h"
#include "monet/data/load.h"
#include "monet/experiments/experiment.h"
#include "monet/experiments/paper/document.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace monet::experiments::paper {

struct ReproduceOptions : ExperimentOptions {  // `run.data` is set for each dataset
  std::vector<std::filesystem::path> data;
  data::LoadOptions load;
  Selection selection;
  std::vector<std::uint64_t> seeds = {0, 1, 2, 3, 4};
  /// Trials of learning rate and weight decay that each model gets (tuning_grid), with the first seed and on validation
  /// only; its variants take over what they find. 0: none.
  int tune = 0;
  /// A method whose trainings take more than `slow_minutes` (on average, of its first `slow_seeds`) gets no more than
  /// these. 0: all seeds for all.
  int slow_seeds = 0;
  double slow_minutes = 10.0;
};

/// Runs what the selected tables and figures take on each dataset, in a results directory of `compare` for each,
/// `OUT/<dataset>/`, and writes `OUT/reproduction.json`, `.md` and `OUT/csv/` when a dataset is finished, and with the
/// accuracy so far when it is interrupted. Finished runs are not done again, so the same call goes on after an
/// interruption. Throws before anything runs or is written: InvalidArgument for a directory that holds something else,
/// was made with other settings or without one of its datasets, and for two datasets of one name; DataError for a
/// damaged document or a dataset that cannot be read or has no test split. Later as compare, and Interrupted.
Reproduction reproduce(const ReproduceOptions& options, ThreadPool& pool, ExperimentObserver& observer,
                       const std::atomic<bool>& should_stop);

}  // namespace monet::experiments::paper
