#pragma once

#include "monet/core/view.h"
#include "monet/data/load.h"
#include "monet/experiments/method.h"
#include "monet/experiments/scheduler.h"
#include "monet/experiments/task.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace monet::experiments {

/// What all runs of an experiment share.
struct RunSettings {
  std::filesystem::path program;  // the `monet` to launch
  std::filesystem::path data;     // a dataset
  data::LoadOptions load;         // how it is read
  OptionValues training;          // of every training: {"epochs", "20"}
  std::vector<Index> ks = {10, 20};
  int threads = 1;           // of each process
  double max_minutes = 0.0;  // of one training; 0: no limit
  bool keep_models = true;   // artifacts stay once they have been evaluated
};

/// Metrics of every user on the test split, in the folder of a run.
inline constexpr const char* kTestUsers = "users.tsv";

/// One training with its evaluation: a method, a seed, a folder.
struct RunSpec {
  Method method;
  OptionValues tuned;  // found by tuning, beside the method's own
  std::uint64_t seed = 0;
  std::filesystem::path folder;  // run.json, model/, users.tsv and what the commands printed
  bool validate = true;          // figures of the validation split (false when the dataset has none)
  bool test = true;              // figures of the test split, and users.tsv
  std::string data_hash;
};

/// What is known of a run.
struct Run {
  enum class State { not_run, done, failed };
  State state = State::not_run;
  std::string error;  // one line, when it failed
  std::uint64_t seed = 0;
  std::filesystem::path folder;
  std::map<std::string, double> validation;  // "recall@20" → value
  std::map<std::string, double> test;
  int best_epoch = -1;  // -1: nothing was trained
  int epochs = 0;
  /// The limit that ended the training while validation still gained: "max_minutes", "epochs" or "max_steps"; "" for a
  /// training that ended by itself.
  std::string ended_by;
  double seconds = 0.0;          // of the training, across interruptions
  std::uint64_t peak_bytes = 0;  // resident memory of its processes at the highest
};

/// The training of a run, as its method, what tuning found and `settings` say; to its end, or to `max_minutes`.
TrainTask training_task(const RunSpec& spec, const RunSettings& settings);
/// Writes the task to `train.task.json` in the folder of a run; the command does it.
Command training_command(const TrainTask& task, const std::filesystem::path& folder);
/// What evaluates the artifact in a run's folder on a split: its metrics go to `test.json` or `val.json`, those of
/// every user to the file `per_user` there ("": nowhere).
Command evaluation_command(const std::filesystem::path& folder, const RunSettings& settings, bool test,
                           const std::string& per_user);

/// Makes the folder of a run, writes there the tasks that are still to do (task.h), and returns the job that does them:
/// a training that was interrupted goes on from its checkpoint, one that is finished is only evaluated.
Job make_job(const RunSpec& spec, const RunSettings& settings);

/// Writes the tasks that lie in `folder` anew as those of `spec`: the folder is about to become `spec.folder`.
void rename_tasks(const RunSpec& spec, const RunSettings& settings, const std::filesystem::path& folder);

/// What evaluates a finished run on the test split (after training it again, where its artifact was not kept).
Job make_test_job(const RunSpec& spec, const RunSettings& settings);
/// What an evaluation on a split left in the folder of a run.
std::map<std::string, double> read_metrics(const std::filesystem::path& folder, bool test);

/// After the job: reads what its commands left, writes `run.json` (atomically, last) and returns the run; a job that
/// failed, or whose training left no artifact, becomes a run that failed, without `run.json`. Throws IoError when it
/// cannot be written.
Run finish_run(const RunSpec& spec, const RunSettings& settings, const JobEnd& end);

/// The run in a folder, nothing when it is not finished. Throws DataError when `run.json` is damaged or is of another
/// method, seed or dataset.
std::optional<Run> read_run(const RunSpec& spec);

/// Metrics of each user, as `monet evaluate --per-user` writes them.
struct UserMetrics {
  std::vector<std::string> users;
  std::vector<std::string> names;           // "recall@20"
  std::vector<std::vector<double>> values;  // by metric, then by user
};
UserMetrics read_user_metrics(const std::filesystem::path& file);

}  // namespace monet::experiments
