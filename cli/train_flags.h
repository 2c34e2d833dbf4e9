#pragma once

#include "monet/models/options.h"
#include "monet/train/options.h"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace monet::cli {

/// The model that a command line names, by `--model` or in its `--config` file: its options are those that are
/// registered. "monet" when none is named or the one named is not known (which the option itself then says).
std::string model_of(const std::vector<std::string>& arguments);

/// Registers `--model`, the options of the model in `model` and of its training with their defaults, and what else a
/// training is told. An option that only other models have is answered by saying so.
void add_train_options(CLI::App& app, models::ModelOptions& model, train::TrainOptions& options);

/// Registers how a model is trained (train::schedule_options).
void add_schedule_options(CLI::App& app, train::TrainOptions& options);

}  // namespace monet::cli
