#pragma once

#include "monet/data/load.h"
#include "monet/experiments/method.h"
#include "monet/experiments/scheduler.h"
#include "monet/train/trainer.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace monet::experiments {

/// What one process of a run does, as a value: it is written to a file, which is all that the process is told.

struct TrainTask {
  std::filesystem::path data;
  data::LoadOptions load;
  Method method;
  OptionValues options;  // of model and training, beside the method's own: what all trainings share, what tuning found
  std::uint64_t seed = 0;
  int threads = 1;
  double max_minutes = 0.0;   // 0: no limit
  std::filesystem::path out;  // the artifact; an unfinished training beside it is gone on with
  bool pause = false;         // at `max_minutes` (train::TrainOptions)
};

struct EvaluateTask {
  std::filesystem::path artifact;
  std::filesystem::path data;
  data::LoadOptions load;
  bool test = true;  // false: the validation split
  std::vector<Index> ks;
  int threads = 1;
  std::filesystem::path json;      // split, users and metrics
  std::filesystem::path per_user;  // every user's metrics, tab-separated; empty: none
};

struct BlendTask {
  std::vector<std::filesystem::path> artifacts;  // two or three
  std::filesystem::path data;
  data::LoadOptions load;
  int threads = 1;
  std::filesystem::path out;   // the blend; what is there is replaced
  std::filesystem::path json;  // its weights, and whether it gains (blend/choose_weights.h) by recall@20 on validation
};                             // the test split is not looked at

/// Writes a task (atomically). Throws IoError.
void write_task(const TrainTask& task, const std::filesystem::path& file);
void write_task(const EvaluateTask& task, const std::filesystem::path& file);
void write_task(const BlendTask& task, const std::filesystem::path& file);

/// Writes a task to `file`; the command, which is shown by `name`, has the launched program do it.
template <class Task>
Command task_command(const Task& task, std::string name, const std::filesystem::path& file) {
  write_task(task, file);
  return {std::move(name), {"run-task", file.string()}};
}

/// Does what the task in `file` says. `hooks` look on at a training. Returns what the training came to, or a result
/// without steps for an evaluation. Throws DataError for a file that is no task, and as train::train and
/// eval::evaluate.
train::TrainResult perform_task(const std::filesystem::path& file, const train::TrainHooks& hooks);

/// How a dataset is read, by the names of the options, where not by the defaults.
OptionValues data_options(const data::LoadOptions& load);

}  // namespace monet::experiments
