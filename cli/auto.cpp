#include "monet/experiments/automatic/auto.h"
#include "monet/core/files/mapped_file.h"
#include "monet/core/thread_pool.h"
#include "monet/experiments/folder_kinds.h"
#include "monet/experiments/results_folder.h"
#include "monet/report/html.h"
#include "monet/report/report.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/experiment_display.h"
#include "cli/experiment_flags.h"
#include "cli/experiment_limits.h"
#include "cli/interrupt.h"
#include "cli/load_flags.h"
#include "cli/options.h"
#include "cli/output.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <limits>
#include <memory>

namespace monet::cli {

namespace {

constexpr int kMostProcessors = 1024;
constexpr double kLeastMinutes = 1e-3;
constexpr double kMostMinutes = 1e6;
constexpr double kMostGigabytes = 1e6;
constexpr double kGigabyte = 1e9;

struct AutoCommand {
  experiments::automatic::AutoOptions options;
  double gigabytes = 0.0;
  int threads = 0;
};

/// The page about what was found, beside it.
void write_page(const std::filesystem::path& out) {
  Output output(out / "auto.html", true, out / "auto.json");
  output.write(report::render(report::read_page(out / "auto.json")));
  output.finish();
}

int find(const CLI::App& app, const AutoCommand& command) {
  experiments::automatic::AutoOptions options = command.options;
  options.run.program = "/proc/self/exe";
  options.run.threads = 1;
  options.processors = command.threads > 0 ? command.threads : ThreadPool::physical_cores();
  options.memory = static_cast<std::uint64_t>(command.gigabytes * kGigabyte);
  options.command = command_line(app);
  experiments::check_output(options, experiments::auto_folder(), {options.run.data});
  data::Dataset dataset = data::load(options.run.data, options.run.load);
  ExperimentDisplay display(dataset.notes.lines);
  try {
    experiments::automatic::find_best(std::move(dataset), options, display, poll_interrupts());
  } catch (const Interrupted&) {
    fail_resumable(display, options.out);
  }
  display.clear();
  write_page(options.out);
  print(files::MappedFile(options.out / "auto.md").text());
  print(fmt::format("\n{}: the page with figures; {}: the artifact\n", (options.out / "auto.html").string(),
                    (options.out / "model").string()));
  return kDone;
}

}  // namespace

Run add_auto(CLI::App& root) {
  CLI::App* app = root.add_subcommand("auto", "find the best method for a dataset within a time, and train it");
  const auto command = std::make_shared<AutoCommand>();
  experiments::automatic::AutoOptions& options = command->options;
  add_path(*app, "--data", options.run.data, "dataset: a directory, or a table with a header")->required();
  add_path(*app, "--out", options.out, "results directory; a second call goes on with what it holds")->required();
  add_number(*app, "--minutes", options.minutes, kLeastMinutes, kMostMinutes,
             "wall time for all of it; with more of them a second call goes on from there");
  add_number(*app, "--memory", command->gigabytes, 0.0, kMostGigabytes,
             "gigabytes that all processes may take together; 0: what is available");
  add_integer(*app, "--threads", command->threads, 0, kMostProcessors, "processors to use; 0: the physical cores");
  app->add_option(
         "--methods",
         [command](const CLI::results_t& results) {
           command->options.methods = read_methods("--methods", fmt::format("{}", fmt::join(results, ";")));
           return true;
         },
         "models to race, each with the settings it names (monet models NAME), or with its options (mf:dim=32); "
         "default: those that name any")
      ->type_name("NAME,…")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_integer(*app, "--seeds", options.seeds, 1, kMostSeeds, "of the best three, as far as the time goes");
  add_validation_metric(*app, options.metric);
  add_flag(*app, "--force", options.force, "start over where results, and nothing else, are there");
  add_load_options(*app, options.run.load);
  add_config(*app);
  return [app, command] { return find(*app, *command); };
}

}  // namespace monet::cli
