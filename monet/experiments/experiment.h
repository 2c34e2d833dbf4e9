#pragma once

#include "monet/data/dataset.h"
#include "monet/experiments/run.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::experiments {

class ResultsFolder;

/// What must be the same for an experiment to go on in a folder, by name: {"k", "10,20"}.
using Settings = std::vector<std::pair<std::string, std::string>>;

namespace race {
class Budget;
struct Entrant;
}  // namespace race

/// What is noted of a dataset in every document.
struct DatasetInfo {
  std::string name, path, hash;
  Index users = 0, items = 0, train = 0, validation = 0, test = 0;
  std::vector<std::string> modalities;

  Index interactions() const { return train + validation + test; }
};
DatasetInfo describe(const data::Dataset& dataset);

/// Where a run that is under way stands.
struct RunningRun {
  std::string name;       // "monet, seed 1"
  double seconds = 0.0;   // since it was started
  std::string last_line;  // what its process said last
};

/// Receives progress; called on the thread that runs the experiment. Default: silence.
class ExperimentObserver {
 public:
  virtual ~ExperimentObserver() = default;
  /// Once the input is accepted; `lines` are ready to print.
  virtual void on_start(const std::vector<std::string>& /*lines*/) {}
  virtual void on_run_start(const std::string& /*name*/) {}
  /// Several times a second. `done` of `total` runs are finished.
  virtual void on_progress(std::size_t /*done*/, std::size_t /*total*/, const std::vector<RunningRun>& /*running*/) {}
  virtual void on_run_end(const std::string& /*name*/, const Run& /*run*/) {}
  /// One line, ready to print: what was decided.
  virtual void on_line(const std::string& /*line*/) {}
  /// In a race, several times a second: how the candidates stand by that metric of the validation split, which of them
  /// run, and the time.
  virtual void on_standings(const std::vector<race::Entrant>& /*entrants*/, const std::string& /*metric*/,
                            const std::vector<RunningRun>& /*running*/, const race::Budget& /*budget*/) {}
};

/// What an experiment shares with others.
struct ExperimentOptions {
  RunSettings run;
  std::filesystem::path out;  // the results directory
  int parallel = 1;           // runs at a time, where memory allows
  bool force = false;         // start over where results are there
  std::string command;        // the command line, noted in the documents
  /// Others may be at work in the same directory, with the same options, on this machine or another one: each takes
  /// runs that nobody else has taken.
  bool shared = false;
  double claim_timeout = 60.0;  // seconds without a sign of life after which others take over what this process does
};

/// Throws InvalidArgument where `shared` is given and something has to be done by one process alone: "`force` …".
void require_alone(const ExperimentOptions& options, std::string_view what);

/// One run to make, with the name it is shown by.
struct PlannedRun {
  std::string name;
  RunSpec spec;
};

/// Bytes that a run takes at its peak: the dataset, and training a model with these options (train::estimated_bytes).
std::uint64_t estimated_bytes(const data::Dataset& dataset, const models::ModelOptions& model);

/// Does the runs that are not finished, together with those that share the folder, and returns all, in the order given.
/// `bytes[n]` is the estimate of run n; `finished` is called after each run, with all runs so far. Throws Interrupted,
/// and IoError.
std::vector<Run> do_runs(const ExperimentOptions& options, const std::vector<PlannedRun>& planned,
                         const std::vector<std::uint64_t>& bytes, const ResultsFolder& folder,
                         ExperimentObserver& observer, const std::atomic<bool>& should_stop,
                         const std::function<void(const std::vector<Run>&)>& finished);

/// Whether any of them is still to come.
bool any_left(const std::vector<Run>& runs);

}  // namespace monet::experiments
