#pragma once

#include "monet/experiments/automatic/auto.h"
#include "monet/experiments/results_folder.h"

#include <string>

namespace monet::experiments::automatic {

inline constexpr double kSecondsPerMinute = 60.0;

/// What is found as JSON (docs/experiments.md).
std::string to_json(const Found& found, const Settings& settings);
/// What was chosen and why, the best three with their tests, what each modality adds, and the race; readable as it is.
std::string to_markdown(const Found& found);

/// The sentences of what is found, from the rest of it.
std::vector<std::string> reasons(const Found& found);
std::string how_sure(const Found& found);
std::string with_more_time(const Found& found);

}  // namespace monet::experiments::automatic
