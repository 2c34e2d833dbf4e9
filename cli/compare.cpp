#include "monet/experiments/comparison.h"
#include "monet/experiments/comparison_documents.h"
#include "monet/experiments/folder_kinds.h"
#include "monet/experiments/results_folder.h"
#include "monet/models/model.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/experiment_display.h"
#include "cli/experiment_flags.h"
#include "cli/experiment_limits.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <memory>

namespace monet::cli {

namespace {

struct CompareCommand {
  ExperimentFlags flags;
  std::vector<experiments::Method> methods;
  bool all_models = false;
  std::vector<std::uint64_t> seeds{0, 1, 2, 3, 4};
  int tune = 0;
  bool keep_models = true;
};

/// "5" → 0 to 4; "7,11" → these.
std::vector<std::uint64_t> parse_seeds(const std::string& text) {
  std::vector<std::uint64_t> seeds;
  const std::vector<std::string> parts = split_list(text);
  if (parts.empty()) fail<UsageError>("--seeds: '{}' names no seed; expected a number of them, or a,b,c", text);
  if (text.find(',') == std::string::npos) {
    const Index count = parse_integer("--seeds", text, 1, kMostSeeds);
    for (Index seed = 0; seed < count; ++seed) seeds.push_back(static_cast<std::uint64_t>(seed));
    return seeds;
  }
  for (const std::string& part : parts) {
    const auto seed = static_cast<std::uint64_t>(parse_integer("--seeds", part, 0, std::numeric_limits<Index>::max()));
    if (std::find(seeds.begin(), seeds.end(), seed) == seeds.end()) seeds.push_back(seed);
  }
  return seeds;
}

/// Several `--models` add up.
void add_models(CLI::App& app, CompareCommand& command) {
  app.add_option(
         "--models",
         [&command](const CLI::results_t& results) {
           const std::string text = fmt::format("{}", fmt::join(results, ";"));
           command.all_models = text == "all";
           if (!command.all_models) command.methods = read_methods("--models", text);
           return true;
         },
         "models, variants with their options (monet:encoder=lightgcn), or all")
      ->type_name("NAME,…|all")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->required();
}

/// Every model that the dataset can train; the others are noted.
std::vector<experiments::Method> all_methods(const data::Dataset& dataset, std::vector<std::string>& notes) {
  std::vector<experiments::Method> methods;
  std::vector<std::string> skipped;
  for (const std::string_view name : models::model_names()) {
    if (dataset.modalities.empty() && models::needs_features(models::ModelOptions(name))) {
      skipped.emplace_back(name);
    } else {
      methods.push_back(experiments::make_method(std::string(name)));
    }
  }
  if (!skipped.empty()) {
    notes.push_back(fmt::format("skipped, for the dataset has no item features: {}", fmt::join(skipped, ", ")));
  }
  return methods;
}

int compare(const CLI::App& app, const CompareCommand& command) {
  experiments::CompareOptions options{command.flags.options(app), command.methods, command.seeds, command.tune};
  options.run.keep_models = command.keep_models;
  experiments::check_output(options, experiments::comparison_folder(), {options.run.data});
  data::Dataset dataset = data::load(command.flags.data(), command.flags.load());
  std::vector<std::string> notes = dataset.notes.lines;
  if (command.all_models) options.methods = all_methods(dataset, notes);
  ExperimentDisplay display(std::move(notes));
  try {
    const experiments::Comparison comparison =
        experiments::compare(std::move(dataset), options, display, poll_interrupts());
    display.clear();
    print(experiments::to_markdown(comparison));
    const bool any = std::any_of(comparison.methods.begin(), comparison.methods.end(),
                                 [](const experiments::MethodResult& result) { return !result.metrics.empty(); });
    if (!any) {
      const experiments::MethodResult& first = comparison.methods.front();
      fail<DataError>("no run succeeded; {} said: {}; {} has what each said", first.method.label, first.error(),
                      (options.out / "comparison.md").string());
    }
  } catch (const Interrupted&) {
    fail_resumable(display, options.out);
  }
  return kDone;
}

}  // namespace

Run add_compare(CLI::App& root, dist::Communicator& world) {
  CLI::App* app = root.add_subcommand("compare", "train and evaluate several models over several seeds, with tests");
  const auto command = std::make_shared<CompareCommand>();
  add_models(*app, *command);
  add_value(*app, "--seeds", "N|a,b,c", "this many seeds from 0 on, or these", [command](const std::string& text) {
    command->seeds = parse_seeds(text);
  })->default_str("5");
  add_integer(*app, "--tune", command->tune, 0, kMostTrials,
              "first try this many settings of each model's default grid, on validation only");
  add_switch(*app, "--keep-models", command->keep_models, "keep the artifact of every run");
  command->flags.add(*app, world);
  return [app, command] { return compare(*app, *command); };
}

}  // namespace monet::cli
