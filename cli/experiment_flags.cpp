#include "cli/experiment_flags.h"

#include "monet/core/thread_pool.h"
#include "monet/dist/communicator.h"
#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"
#include "cli/list_lengths.h"
#include "cli/load_flags.h"
#include "cli/options.h"
#include "cli/train_flags.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

namespace monet::cli {

namespace {

constexpr int kMostProcesses = 1024;
constexpr double kLeastClaimTimeout = 0.5;
constexpr double kMostClaimTimeout = 86'400.0;
constexpr const char* kTrainGroup = "Training, the same for every run (defaults: each model's own)";

std::vector<std::string> names_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_lnames().empty()) names.push_back(option->get_lnames().front());
  }
  return names;
}

/// Registers options on `app` and returns the names that were added.
template <class Add>
std::vector<std::string> added(CLI::App& app, Add add) {
  const std::vector<std::string> before = names_of(app);
  add();
  std::vector<std::string> names = names_of(app);
  std::erase_if(names,
                [&](const std::string& name) { return std::find(before.begin(), before.end(), name) != before.end(); });
  return names;
}

/// Those of `names` that were given.
experiments::OptionValues given(const CLI::App& app, const std::vector<std::string>& names) {
  experiments::OptionValues values;
  for (const std::string& name : names) {
    const CLI::Option* option = app.get_option("--" + name);
    if (option->count() > 0) values.emplace_back(name, option->results().back());
  }
  return values;
}

}  // namespace

void ExperimentFlags::add(CLI::App& app, const dist::Communicator& world) {
  world_ = &world;
  add_path(app, "--data", options_.run.data, "dataset: a directory, or a table with a header")->required();
  add_path(app, "--out", options_.out, "results directory; a second call goes on with what it holds")->required();
  add_list_lengths(app, options_.run.ks);
  add_integer(app, "--parallel", options_.parallel, 1, kMostProcesses, "runs at a time, where memory allows");
  add_integer(app, "--threads", threads_, 0, kMostProcesses,
              "worker threads of each run; 0: the physical cores, shared by the runs");
  add_number(app, "--max-minutes-per-model", options_.run.max_minutes, 0.0, std::numeric_limits<double>::max(),
             "end a training after this wall time, keeping the best parameters so far; 0: no limit");
  add_flag(app, "--force", options_.force, "start over where results, and nothing else, are there");
  add_flag(app, "--shared", options_.shared,
           "do the runs together with others that are given the same options and directory, on this machine or others");
  add_number(app, "--claim-timeout", options_.claim_timeout, kLeastClaimTimeout, kMostClaimTimeout,
             "with --shared: seconds without a sign of life after which others take over what this process does");
  const std::string group = app.option_defaults()->get_group();
  app.option_defaults()->group(kTrainGroup);
  train_names_ = added(app, [&] { add_schedule_options(app, checked_); });
  for (const std::string& name : train_names_) app.get_option("--" + name)->default_str("");
  app.option_defaults()->group(group);
  add_load_options(app, options_.run.load);
  add_config(app);
}

experiments::ExperimentOptions ExperimentFlags::options(const CLI::App& app) const {
  experiments::ExperimentOptions options = options_;
  options.run.program = "/proc/self/exe";
  options.shared = options.shared || !world_->is_alone();
  if (!options.shared && app.get_option("--claim-timeout")->count() > 0) {
    fail<UsageError>("--claim-timeout: is for those who share a folder; give --shared, too");
  }
  const int runs_here = options.parallel * world_->processes_here();
  options.run.threads = threads_ > 0 ? threads_ : std::max(1, ThreadPool::physical_cores() / runs_here);
  options.run.training = given(app, train_names_);
  options.command = command_line(app);
  return options;
}

void add_validation_metric(CLI::App& app, std::string& target) {
  std::vector<std::pair<std::string, std::string>> choices;
  for (const eval::Metric& metric : eval::all_metrics()) {
    if (!std::holds_alternative<eval::OfHits>(metric.rule)) continue;
    for (const Index k : {10, 20}) {
      const std::string name = eval::at_k(metric.name, k);
      choices.emplace_back(name, name);
    }
  }
  add_choice<std::string>(app, "--metric", target, std::move(choices), "of the validation split, to choose by");
}

void check_options(const std::string& what, const experiments::Method& method) {
  try {
    experiments::settings_of(method);
  } catch (const InvalidArgument& error) {
    fail<UsageError>("{}: {}", what, error.what());
  }
}

std::vector<experiments::Method> read_methods(const std::string& what, const std::string& text) {
  std::vector<experiments::Method> methods;
  try {
    methods = experiments::parse_methods(text);
  } catch (const InvalidArgument& error) {
    fail<UsageError>("{}: {}", what, error.what());
  }
  if (methods.empty()) fail<UsageError>("{}: '{}' names no model", what, text);
  for (const experiments::Method& method : methods) check_options(what, method);
  return methods;
}

std::string command_line(const CLI::App& app) {
  std::string line = "monet " + app.get_name();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_lnames().empty() || option->count() == 0) continue;
    const std::string& name = option->get_lnames().front();
    if (name == "shared" || name == "claim-timeout") continue;  // who did it is nothing to a result
    if (option->get_expected_min() == 0) {
      line += " --" + name;
    } else {
      for (const std::string& value : option->results()) line += fmt::format(" --{} {}", name, value);
    }
  }
  return line;
}

}  // namespace monet::cli
