#include "monet/experiments/automatic/finalist.h"

#include "monet/core/error.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace monet::experiments::automatic {

using race::Entrant;

std::vector<std::size_t> standing(const std::vector<Entrant>& candidates, const std::string& metric) {
  // Two settings may come to the same: what an option does by itself, another may say.
  const auto is_same = [](const Entrant& a, const Entrant& b) {
    return a.spec.method.model == b.spec.method.model && a.run.validation == b.run.validation;
  };
  std::vector<std::size_t> distinct;
  for (const std::size_t n : race::by_value(candidates, metric)) {
    const Entrant& candidate = candidates[n];
    if (!candidate.stands() || candidate.value(metric) < 0.0) continue;
    if (std::none_of(distinct.begin(), distinct.end(),
                     [&](std::size_t other) { return is_same(candidate, candidates[other]); })) {
      distinct.push_back(n);
    }
  }
  return distinct;
}

std::vector<Run*> done(std::vector<Finalist>& finalists) {
  std::vector<Run*> runs;
  for (Finalist& finalist : finalists) {
    for (Run& run : finalist.runs) {
      if (run.state == Run::State::done) runs.push_back(&run);
    }
  }
  return runs;
}

const Run* best_run(const Finalist& finalist, const std::string& metric) {
  const Run* best = nullptr;
  for (const Run& run : finalist.runs) {
    if (run.state != Run::State::done) continue;
    if (best == nullptr || run.validation.at(metric) > best->validation.at(metric)) best = &run;
  }
  return best;
}

std::vector<double> user_values(const Run& run, const std::string& metric) {
  UserMetrics metrics = read_user_metrics(run.folder / kValidationUsers);
  const auto column = std::find(metrics.names.begin(), metrics.names.end(), metric);
  if (column == metrics.names.end()) {
    fail<InternalError>("[auto] {} has no {}", (run.folder / kValidationUsers).string(), metric);
  }
  return std::move(metrics.values[static_cast<std::size_t>(column - metrics.names.begin())]);
}

std::vector<double> user_values(const Finalist& finalist, const std::string& metric) {
  std::vector<double> sum;
  double count = 0.0;
  for (const Run& run : finalist.runs) {
    if (run.state != Run::State::done) continue;
    const std::vector<double> values = user_values(run, metric);
    if (sum.empty()) sum.resize(values.size(), 0.0);
    std::transform(sum.begin(), sum.end(), values.begin(), sum.begin(), std::plus<>());
    count += 1.0;
  }
  for (double& value : sum) value /= count;
  return sum;
}

}  // namespace monet::experiments::automatic
