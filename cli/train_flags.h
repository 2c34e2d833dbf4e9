#pragma once

#include "monet/models/options.h"
#include "monet/train/trainer.h"

#include <string_view>

namespace CLI {
class App;
}

namespace monet::cli {

/// Registers `--model`, which sets both structs to that model's defaults, and the options of training, named as in the
/// paper and the field. Call it before `add_model_options`.
void add_train_options(CLI::App& app, train::TrainOptions& options, models::ModelOptions& model);
/// The part of it that says how long and how fast to train, which several trainings may share.
void add_schedule_options(CLI::App& app, train::TrainOptions& options);
/// Registers the options of the models.
void add_model_options(CLI::App& app, models::ModelOptions& options);
/// After parsing: throws UsageError when an option of the models was given that `model` does not read.
void require_options_of(const CLI::App& app, std::string_view model);

}  // namespace monet::cli
