#include "monet/experiments/paper/reproduce.h"
#include "monet/core/thread_pool.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/experiment_display.h"
#include "cli/experiment_flags.h"
#include "cli/experiment_limits.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <memory>

namespace monet::cli {

namespace {

namespace paper = experiments::paper;

constexpr int kSeeds = 5;
constexpr int kQuickSeeds = 2;
constexpr Index kListLength = 20;  // of the paper's measures
/// What --quick trains with unless told otherwise. One rate for all: at their own, some models learn nothing in so few
/// epochs and a comparison would be one of rates.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kQuickTraining = {
    {{"epochs", "100"}, {"learning-rate", "0.001"}}};

struct ReproduceCommand {
  ExperimentFlags flags;
  paper::Selection selection;
  int seeds = 0;
  int tune = 0;
  int slow_seeds = 0;
  double slow_minutes = 10.0;
};

/// Reads a list of names into `target`; each is one of `choices`.
void add_names(CLI::App& app, const std::string& flag, const std::string& type, const std::string& help,
               const std::vector<std::string>& choices, std::vector<std::string>& target) {
  add_value(app, flag, type, fmt::format("{}: {} (default: all)", help, fmt::join(choices, ", ")),
            [&target, choices, flag](const std::string& text) {
              target = split_list(text);
              if (target.empty()) fail<UsageError>("{}: '{}' names none", flag, text);
              for (const std::string& name : target) {
                if (std::find(choices.begin(), choices.end(), name) == choices.end()) fail_choice(flag, name, choices);
              }
            });
}

experiments::OptionValues quick_training() {
  experiments::OptionValues values;
  for (const auto& [name, value] : kQuickTraining) values.emplace_back(name, value);
  return values;
}

paper::ReproduceOptions options_of(const CLI::App& app, const ReproduceCommand& command) {
  paper::ReproduceOptions options{
      command.flags.options(app), {}, command.flags.load(), command.selection, {}, command.tune, command.slow_seeds,
      command.slow_minutes};
  for (const std::string& path : split_list(command.flags.data().string())) options.data.emplace_back(path);
  if (options.data.empty()) fail<UsageError>("--data: names no dataset");
  const int seeds = command.seeds > 0 ? command.seeds : command.selection.quick ? kQuickSeeds : kSeeds;
  for (int seed = 0; seed < seeds; ++seed) options.seeds.push_back(static_cast<std::uint64_t>(seed));
  if (command.selection.quick) {
    options.run.training = experiments::overridden(quick_training(), options.run.training);
  }
  std::vector<Index>& ks = options.run.ks;
  if (std::find(ks.begin(), ks.end(), kListLength) == ks.end()) {
    ks.insert(std::upper_bound(ks.begin(), ks.end(), kListLength), kListLength);
  }
  options.run.keep_models = true;  // avg.diff is computed from them
  return options;
}

std::string summary(const paper::Reproduction& reproduction, const std::filesystem::path& out) {
  TextTable table({Align::left, Align::left, Align::left});
  for (const paper::Claim& claim : reproduction.claims) table.add({claim.id, claim.verdict, claim.claim});
  return fmt::format("{}tables, figures and the evidence: {}\n", table.text(), (out / "reproduction.md").string());
}

int reproduce(const CLI::App& app, const ReproduceCommand& command) {
  const paper::ReproduceOptions options = options_of(app, command);
  ThreadPool pool(options.run.threads);
  ExperimentDisplay display({});
  try {
    const paper::Reproduction reproduction = paper::reproduce(options, pool, display, poll_interrupts());
    display.clear();
    print(summary(reproduction, options.out));
  } catch (const Interrupted&) {
    fail_resumable(display, options.out);
  }
  return kDone;
}

}  // namespace

Run add_reproduce(CLI::App& root, dist::Communicator& world) {
  CLI::App* app = root.add_subcommand("reproduce", "the paper's tables, figures and claims on your datasets");
  const auto command = std::make_shared<ReproduceCommand>();
  add_flag(*app, "--quick", command->selection.quick,
           fmt::format("{} seeds, {} epochs at a learning rate of {}, fewer values of alpha and beta", kQuickSeeds,
                       kQuickTraining[0].second, kQuickTraining[1].second));
  add_integer(*app, "--seeds", command->seeds, 1, kMostSeeds, "seeds of each method, from 0 on")
      ->default_str(fmt::format("{}; with --quick {}", kSeeds, kQuickSeeds));
  add_integer(*app, "--slow-seeds", command->slow_seeds, 0, kMostSeeds,
              "seeds of a method whose trainings take longer than --slow-minutes; 0: as many as the others");
  add_number(*app, "--slow-minutes", command->slow_minutes, 0.0, std::numeric_limits<double>::max(),
             "see --slow-seeds");
  add_integer(*app, "--tune", command->tune, 0, kMostTrials,
              "first try this many of the paper's 25 settings of learning rate and weight decay for each model, on "
              "validation only");
  add_names(*app, "--only", "ID,…", "these tables and figures", paper::all_ids(), command->selection.only);
  add_names(*app, "--models", "NAME,…", "these models and their variants", paper::all_models(),
            command->selection.models);
  command->flags.add(*app, world);
  app->get_option("--data")->description("datasets, separated by commas: directories, or tables with a header");
  return [app, command] { return reproduce(*app, *command); };
}

}  // namespace monet::cli
