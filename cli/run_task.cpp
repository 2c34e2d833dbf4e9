// What `compare`, `sweep` and `reproduce` launch: the whole of what is to be done stands in a file.
#include "monet/experiments/task.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/progress.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace monet::cli {

Run add_run_task(CLI::App& root) {
  CLI::App* app = root.add_subcommand("run-task", "does what a task file says");
  app->group("");  // not for the command line
  const auto file = std::make_shared<std::string>();
  app->add_option("file", *file, "task file")->required();
  return [file] {
    const std::atomic<bool>& interrupted = poll_interrupts();
    TrainDisplay display({});
    experiments::perform_task(*file, {&display, [&interrupted] { return interrupted.load(); }});
    return 0;
  };
}

}  // namespace monet::cli
