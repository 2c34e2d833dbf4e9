#pragma once

#include "monet/experiments/results_folder.h"
#include "monet/experiments/sweep.h"

#include <string>

namespace monet::experiments {

/// A sweep as JSON (docs/experiments.md).
std::string to_json(const Sweep& sweep, const Settings& settings);
/// The best setting as a configuration for `monet train --config`: model, what all trials shared, and the trial's own.
/// Empty when there is none yet.
std::string best_toml(const Sweep& sweep);
/// The trials from the best to the worst, as a Markdown table that is readable as it is.
std::string to_markdown(const Sweep& sweep);

}  // namespace monet::experiments
