#pragma once

#include "monet/data/dataset.h"
#include "monet/models/options.h"
#include "monet/train/options.h"
#include "monet/train/plan.h"

#include <filesystem>
#include <string>

namespace monet::train {

/// How a model is trained, as config.json has it beside the model's own options.
Fields training_fields(const TrainOptions& options, const Plan& plan, int threads);

/// What decides how a training goes, as JSON: what a checkpoint keeps of it.
std::string configuration_of(const data::Dataset& dataset, const models::ModelOptions& model,
                             const TrainOptions& options, const Plan& plan, int threads);

/// What a resumed training must share with the one it goes on from; how long it runs may change, and the number of
/// threads, on which results depend by rounding only. Throws InvalidArgument naming `folder` and the difference.
void require_same_configuration(const std::string& before, const std::string& now, const std::filesystem::path& folder);

}  // namespace monet::train
