#pragma once

#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/models/options.h"
#include "monet/train/observer.h"
#include "monet/train/options.h"

#include <functional>
#include <map>
#include <string>

namespace monet::train {

struct TrainResult {
  int best_epoch = -1;
  int epochs_run = 0;
  Index steps = 0;
  double seconds = 0.0;
  bool out_of_time = false;                  // ended by `max_minutes`
  bool stopped = false;                      // ended by `TrainHooks::should_finish`
  std::map<std::string, double> validation;  // "recall@20" → value, at the best epoch
  std::map<std::string, double> test;        // empty when the dataset has no test split
};

/// Who looks on, and who may end it: neither is needed.
struct TrainHooks {
  Observer* observer = nullptr;
  std::function<bool()> should_stop;  // asked before each step; true: a checkpoint is written, Interrupted is thrown
  /// Asked after each step; true: the training ends there as at the end of its minutes, validated and with its
  /// artifact.
  std::function<bool()> should_finish = {};
};

/// Trains a model, keeps checkpoints in `OUT.partial/`, and writes the artifact with the best parameters to
/// `options.out`. Whether it may be written there is asked before anything else.
/// Throws InvalidArgument (options, an existing artifact without force), DataError, IoError; a loss that is not finite
/// is a DataError that names the step, the learning rate and what to try.
TrainResult train(const data::Dataset& dataset, const models::ModelOptions& model, const TrainOptions& options,
                  ThreadPool& pool, const TrainHooks& hooks = {});

}  // namespace monet::train
