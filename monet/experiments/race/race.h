#pragma once

#include "monet/experiments/experiment.h"
#include "monet/experiments/race/budget.h"
#include "monet/experiments/race/entrant.h"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace monet::experiments::race {

struct RaceOptions {
  RunSettings run;
  std::string metric = "recall@20";  // of the validation split, at 10 or 20
  std::size_t finalists = 3;         // so many are left at the end
  int processors = 1;
  std::uint64_t memory = 0;  // bytes that the processes may take together; 0: unknown, not heeded
  double until = 0.0;        // the race ends when so many seconds of the budget are used
  int lock = -1;             // a descriptor for the processes to inherit
};

/// What a race needs of who runs it. Called on the thread of the race.
struct RaceHooks {
  ExperimentObserver& observer;
  const std::atomic<bool>& should_stop;
  std::function<void()> changed;  // after each process and each cut: time to write things down
};

/// Races the entrants that are not out yet by successive halving (rules.h) until the time is up or nothing is left to
/// train: every entrant is a training that pauses when its slice is used, is validated there, and goes on from its
/// checkpoint in the next rung. In the first rung, which models that are computed at once take part in too, a setting
/// is left out when what the first one of its model took says that there is no time for it, and one that takes several
/// times its share of the race's time is stopped. Each stands in `run` and on disk at its best (`model/`); those that
/// are out lose artifact and checkpoint. `entrants` are changed in place, and may come from an earlier call. Throws
/// Interrupted and IoError.
void run_race(std::vector<Entrant>& entrants, const RaceOptions& options, const Budget& budget, const RaceHooks& hooks);

/// A job that trains `spec` for `seconds` in all (0: until it ends by itself) and pauses then, going on where it was.
/// `limits` win over all other options: {{"epochs", "20"}}.
Job training_job(const RunSpec& spec, const RunSettings& settings, double seconds, const OptionValues& limits = {});

}  // namespace monet::experiments::race
