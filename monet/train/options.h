#pragma once

#include "monet/core/options.h"
#include "monet/core/view.h"
#include "monet/models/options.h"

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace monet::train {

/// How to train. Defaults are MONET's, as its paper trains it (§5.1); `for_model` has those of others.
struct TrainOptions {
  /// Those a model is trained with unless told otherwise. Throws InvalidArgument for an unknown model.
  static TrainOptions for_model(std::string_view model);
  /// Takes the values a model is trained with unless told otherwise.
  void use(const models::TrainingDefaults& defaults);

  double learning_rate = 1e-4;  // times decay^(epoch / decay_epochs), the exponent being real
  double decay = 0.96;
  double decay_epochs = 50.0;
  models::Sampling sampling = models::Sampling::users;
  Index batch_size = 1024;     // 0: chosen so that an epoch has a bounded number of steps, with the rate scaled
  int epochs = 1000;           // 0: only computes and writes the embeddings
  int validate_every = 5;      // epochs 0, 5, 10, …
  int patience = 11;           // stop at this many validations in a row without a gain
  Index validation_users = 0;  // validate on this many users, drawn once by the seed; 0: all
  /// c of the term c · ln(1 + |N_i|) that is added to every score (popularity.h); OptionInfo::kWord: at each validation
  /// the best of those that the model offers.
  double popularity = 0.0;
  models::NewItems new_items = models::NewItems::median;
  Index max_steps = 0;  // 0: no limit; otherwise training ends after this many steps in all

  std::uint64_t seed = 123;
  double max_minutes = 0.0;  // 0: no limit; otherwise training ends after this wall time in all
  /// At `max_minutes` the training pauses rather than ends: it is validated where it stands, which counts for the best
  /// and not for `patience`, the artifact has the best so far, and the checkpoint stays, to be gone on with at the next
  /// step. It stays at any other end, too. The test split is not looked at.
  bool pause = false;
  std::filesystem::path out;   // the artifact directory
  std::filesystem::path init;  // what to start from (initial_parameters.h); empty: drawn
  bool resume = false;
  bool force = false;         // replace an artifact that exists
  bool first_process = true;  // false: trains and returns figures, but writes nothing
};

/// The options above the blank line, as the program, files and methods name them ("learning-rate").
const OptionSet<TrainOptions>& schedule_options();

/// Throws InvalidArgument for options outside their domain: "[train] learning-rate: '0' is not a number above 0".
void check_options(const TrainOptions& options);

}  // namespace monet::train
