#include "monet/experiments/sweep.h"
#include "monet/experiments/folder_kinds.h"
#include "monet/experiments/grid.h"
#include "monet/experiments/results_folder.h"
#include "monet/experiments/sweep_document.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/experiment_display.h"
#include "cli/experiment_flags.h"
#include "cli/experiment_limits.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

namespace monet::cli {

namespace {

constexpr double kMostRaceMinutes = 1e6;

struct SweepCommand {
  ExperimentFlags flags;
  experiments::Method method = experiments::make_method("monet");
  std::vector<std::string> grids;  // "alpha=0,0.5,1"
  int random = 0;
  std::uint64_t seed = 123;
  std::string metric = "recall@20";
  bool keep_models = false;
  double race_minutes = 0.0;
};

void add_method(CLI::App& app, SweepCommand& command) {
  add_value(app, "--model", "NAME", "model, with options that hold in every trial (monet:encoder=lightgcn)",
            [&command](const std::string& text) {
              const auto methods = read_methods("--model", text);
              if (methods.size() != 1)
                fail<UsageError>("--model: '{}' names {} models; give one", text, methods.size());
              command.method = methods.front();
            })
      ->default_str("monet");
}

void add_grid(CLI::App& app, SweepCommand& command) {
  app.add_option(
         "--grid",
         [&command](const CLI::results_t& results) {
           command.grids = results;
           return true;
         },
         "an option and the values to try (default: the model's grid, docs/experiments.md); may be repeated. Values "
         "that "
         "hold commas are separated by semicolons: \"layer-widths=64;64,64\"")
      ->type_name("NAME=V,V,…")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

/// "alpha=0,0.5,beta=0.3" → {"alpha=0,0.5", "beta=0.3"}; text with semicolons is about one option.
std::vector<std::string> split_options(const std::string& text) {
  if (text.find(';') != std::string::npos) return {text};
  std::vector<std::string> options;
  for (const std::string& part : split_list(text)) {
    if (options.empty() || part.find('=') != std::string::npos) {
      options.push_back(part);
    } else {
      options.back() += "," + part;
    }
  }
  return options;
}

std::vector<std::string> split_values(const std::string& text) {
  if (text.find(';') == std::string::npos) return split_list(text);
  std::vector<std::string> values;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(';', begin), text.size());
    if (end > begin) values.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return values;
}

void add_to_grid(experiments::Grid& grid, const std::string& model, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) fail<UsageError>("--grid: '{}' is not NAME=V,V,…, as in alpha=0,0.5,1", text);
  const std::string name = text.substr(0, equals);
  const std::vector<std::string> values = split_values(text.substr(equals + 1));
  if (values.empty()) fail<UsageError>("--grid: '{}' has no values to try", text);
  for (const std::string& value : values) check_options("--grid", experiments::make_method(model, {{name, value}}));
  if (std::any_of(grid.begin(), grid.end(), [&](const auto& entry) { return entry.first == name; })) {
    fail<UsageError>("--grid: '{}' is given twice; list its values together", name);
  }
  grid.emplace_back(name, values);
}

experiments::Grid read_grid(const SweepCommand& command, const experiments::OptionValues& training) {
  if (command.grids.empty()) return experiments::free_grid(command.method, training);
  experiments::Grid grid;
  for (const std::string& given : command.grids) {
    for (const std::string& text : split_options(given)) add_to_grid(grid, command.method.model, text);
  }
  return grid;
}

int sweep(const CLI::App& app, const SweepCommand& command) {
  experiments::SweepOptions options{
      command.flags.options(app), command.method, {}, command.random, command.seed, command.metric};
  options.grid = read_grid(command, options.run.training);
  options.race_minutes = command.race_minutes;
  if (options.race_minutes > 0.0 && options.run.max_minutes > 0.0) {
    fail<UsageError>("--max-minutes-per-model: a race (--race) gives its trials their time itself; leave it out");
  }
  options.run.keep_models = command.keep_models;
  experiments::check_output(options, experiments::sweep_folder(), {options.run.data});
  data::Dataset dataset = data::load(command.flags.data(), command.flags.load());
  ExperimentDisplay display(dataset.notes.lines);
  try {
    const experiments::Sweep sweep = experiments::sweep(std::move(dataset), options, display, poll_interrupts());
    display.clear();
    print(experiments::to_markdown(sweep));
    if (!sweep.best) fail<DataError>("no trial succeeded; {} has what each said", (options.out / "sweep.md").string());
    print(fmt::format("best setting written to {}\n", (options.out / "best.toml").string()));
  } catch (const Interrupted&) {
    fail_resumable(display, options.out);
  }
  return kDone;
}

}  // namespace

Run add_sweep(CLI::App& root, dist::Communicator& world) {
  CLI::App* app = root.add_subcommand("sweep", "search the options of a model, on the validation split only");
  const auto command = std::make_shared<SweepCommand>();
  add_method(*app, *command);
  add_grid(*app, *command);
  add_integer(*app, "--random", command->random, 0, kMostTrials,
              "try this many combinations of the grid, drawn by the seed; 0: all");
  add_seed(*app, command->seed);
  add_validation_metric(*app, command->metric);
  add_number(
      *app, "--race", command->race_minutes, 0.0, kMostRaceMinutes,
      "do not train every trial to its end: for so many minutes of wall time, trials are trained side by side in "
      "rungs, and the better half goes on; 0: no race");
  add_switch(*app, "--keep-models", command->keep_models, "keep every trial's artifact, not only the best one's");
  command->flags.add(*app, world);
  return [app, command] { return sweep(*app, *command); };
}

}  // namespace monet::cli
