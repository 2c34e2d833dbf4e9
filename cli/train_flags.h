#pragma once

#include "monet/models/options.h"
#include "monet/train/trainer.h"

namespace CLI {
class App;
}

namespace monet::cli {

/// Registers `--model` and the options of training, named as in the paper and the field; defaults are the structs'.
void add_train_options(CLI::App& app, train::TrainOptions& options);
/// Registers the options of the models.
void add_model_options(CLI::App& app, models::ModelOptions& options);

}  // namespace monet::cli
