#pragma once

#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/models/options.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace monet::train {

/// How to train; named as on the command line. Defaults are MONET's, as its paper trains it (§5.1).
struct TrainOptions {
  /// Takes the values a model is trained with unless told otherwise.
  void use(const models::TrainingDefaults& defaults);

  std::string model = "monet";
  double learning_rate = 1e-4;  // times decay^(epoch / decay_epochs), the exponent being real
  double decay = 0.96;
  double decay_epochs = 50.0;
  models::Sampling sampling = models::Sampling::users;
  Index batch_size = 1024;     // 0: chosen so that an epoch has a bounded number of steps, with the rate scaled
  int epochs = 1000;           // 0: only computes and writes the embeddings
  int validate_every = 5;      // epochs 0, 5, 10, …
  int patience = 11;           // stop at this many validations in a row without a gain
  Index validation_users = 0;  // validate on this many users, drawn once by the seed; 0: all
  std::uint64_t seed = 123;
  Index max_steps = 0;         // 0: no limit; otherwise training ends after this many steps in all
  double max_minutes = 0.0;    // 0: no limit; otherwise training ends after this wall time in all
  std::filesystem::path out;   // the artifact directory
  std::filesystem::path init;  // parameters to start from (safetensors); empty: drawn
  bool resume = false;
  bool force = false;  // replace an artifact that exists
};

/// State of a running training, for progress display.
struct Progress {
  int epoch = 0;
  int epochs = 0;
  Index step = 0;  // within the epoch, done so far
  Index steps_per_epoch = 0;
  double loss = 0.0;  // running mean of the epoch
  double steps_per_second = 0.0;
  double best_recall = 0.0;  // validation recall@20 so far
  int best_epoch = -1;
};

/// One validation.
struct Validation {
  int epoch = 0;
  double loss = 0.0;  // mean over the epoch
  double recall20 = 0.0;
  double ndcg20 = 0.0;
  double learning_rate = 0.0;
  double seconds = 0.0;  // since training began
  bool best = false;
};

/// Receives progress; called on the training thread. Default: silence.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Once the input is accepted and the memory estimate passed; `lines` are ready to print.
  virtual void on_start(const std::vector<std::string>& /*lines*/) {}
  virtual void on_step(const Progress& /*progress*/) {}
  virtual void on_validation(const Validation& /*validation*/) {}
};

struct TrainResult {
  int best_epoch = -1;
  int epochs_run = 0;
  Index steps = 0;
  double seconds = 0.0;
  bool out_of_time = false;                  // ended by `max_minutes`
  std::map<std::string, double> validation;  // "recall@20" → value, at the best epoch
  std::map<std::string, double> test;        // empty when the dataset has no test split
};

/// Trains, keeps checkpoints in `OUT.partial/`, and writes the artifact with the best parameters to `options.out`.
/// `should_stop` is polled between steps: when it turns true a checkpoint is written and Interrupted is thrown.
/// Throws InvalidArgument (options, an existing artifact without force), DataError, IoError; a loss that is not finite
/// is a DataError that names the step, the learning rate and what to try.
TrainResult train(const data::Dataset& dataset, const models::ModelOptions& model_options, const TrainOptions& options,
                  ThreadPool& pool, Observer& observer, const std::atomic<bool>& should_stop);

}  // namespace monet::train
