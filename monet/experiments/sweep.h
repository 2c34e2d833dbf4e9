#pragma once

#include "monet/experiments/comparison.h"
#include "monet/experiments/grid.h"
#include "monet/experiments/race/entrant.h"

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace monet::experiments {

struct SweepOptions : ExperimentOptions {
  Method method;  // its options hold in every trial
  Grid grid;
  int random = 0;                    // this many combinations of the grid, drawn by the seed; 0: all
  std::uint64_t seed = 123;          // of the draw, and of every training
  std::string metric = "recall@20";  // of the validation split, at 10 or 20
  /// > 0: the trials are not trained to their ends but race for so many minutes of wall time (race/race.h), on
  /// `parallel` times `run.threads` processors.
  double race_minutes = 0.0;
};

struct Sweep {
  std::string command;
  DatasetInfo dataset;
  SweepOptions options;
  bool complete = false;
  std::vector<Trial> trials;
  std::optional<std::size_t> best;     // highest value of the metric so far, the first of equals
  std::map<std::string, double> test;  // of the best trial, computed once, after the choice
  std::vector<race::Entrant> race;     // where the trials stand in a race, in their order; empty without one
  double used_seconds = 0.0;           // of the race
};

/// Trains one model for each setting and chooses by the validation split; the test split is looked at once, for the
/// chosen setting, when all trials are over. `sweep.json` and `best.toml` (for `monet train --config`) are rewritten
/// after every trial; only the artifact of the best is kept unless `options.run.keep_models`. Resumes and throws as
/// `compare`, and InvalidArgument for a dataset without a validation split. A race goes on with more minutes, too.
Sweep sweep(data::Dataset dataset, const SweepOptions& options, ExperimentObserver& observer,
            const std::atomic<bool>& should_stop);

}  // namespace monet::experiments
