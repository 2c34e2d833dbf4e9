#pragma once

#include "monet/train/checkpoint.h"
#include "monet/train/observer.h"
#include "monet/train/options.h"
#include "monet/train/stopping.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace monet::train {

/// Figures of a validation, and the weight of the popularity term that they were reached with.
struct Validated {
  double popularity = 0.0;
  std::map<std::string, double> metrics;
};

/// The weight that validates best by recall@20, the earlier one of two. `with`: the metrics of a weight.
Validated best_popularity(std::span<const double> weights,
                          const std::function<std::map<std::string, double>(double weight)>& with);

/// Enters a validation after an epoch of mean loss `loss` at learning rate `rate` into the state and into its line of
/// the log. Nothing where there is no validation split: then every epoch is the best so far. Its `seconds` are left to
/// the caller.
Validation enter_validation(const std::optional<Validated>& validated, const TrainOptions& options,
                            const Stopping& stopping, TrainState& state, int epoch, double loss, double rate,
                            nlohmann::json& line);

}  // namespace monet::train
