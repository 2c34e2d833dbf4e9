#pragma once

#include "monet/experiments/race/entrant.h"
#include "monet/experiments/run.h"

#include <cstddef>
#include <string>
#include <vector>

namespace monet::experiments::automatic {

/// Metrics of every user on the validation split, in the folder of a run.
inline constexpr const char* kValidationUsers = "val-users.tsv";

/// Those that the final may take, best first: candidates that stand and have a value of the metric, and of several that
/// are one model, every figure of them being the same to the last bit, the first. Indices of `candidates`.
std::vector<std::size_t> standing(const std::vector<race::Entrant>& candidates, const std::string& metric);

/// A method of the final with the runs of its seeds.
struct Finalist {
  std::size_t candidate = 0;
  std::vector<Run> runs;
};

/// The runs of all that are done.
std::vector<Run*> done(std::vector<Finalist>& finalists);
/// Of its runs that are done the best by the metric on validation; null where none is.
const Run* best_run(const Finalist& finalist, const std::string& metric);

/// The metric of every user on validation, of a run or as means over the runs that are done. Throws as
/// read_user_metrics, and InternalError for a metric that was not evaluated.
std::vector<double> user_values(const Run& run, const std::string& metric);
std::vector<double> user_values(const Finalist& finalist, const std::string& metric);

}  // namespace monet::experiments::automatic
