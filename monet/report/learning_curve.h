#pragma once

#include "monet/report/page.h"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::report {

/// How a training went, from an artifact's train_log.jsonl.
struct LearningCurve {
  std::string name;
  std::vector<double> epochs;
  std::vector<double> loss;                               // of each epoch
  std::vector<double> validation_epochs;                  // where the validation split was ranked …
  std::map<std::string, std::vector<double>> validation;  // … "recall@20" → values
};

/// Reads a log, one JSON object a line. Throws DataError naming `file`, line and what is wrong. Empty for a model that
/// is computed at once.
LearningCurve parse_learning_curve(std::string_view log, const std::filesystem::path& file, std::string name);

/// The loss over the epochs, one line per curve. Curves without epochs are left out; long ones are thinned to 250
/// points.
Figure loss_figure(std::span<const LearningCurve> curves);
/// A metric on the validation split over the epochs.
Figure validation_figure(std::span<const LearningCurve> curves, const std::string& metric);

}  // namespace monet::report
