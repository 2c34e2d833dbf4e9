#include "monet/store/export.h"

#include "monet/artifact/config.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/table.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>

namespace monet::cli {

namespace {

struct ExportCommand {
  std::string store;
  store::ExportOptions options;
};

int export_data(const ExportCommand& command) {
  const auto opened = store::open_store(command.store, store::Access::read);
  const store::Counts counts = store::export_store(*opened, command.options, poll_interrupts());
  print(fmt::format("{}: {} events, {} items, {} users with a profile\nwritten to {}\n", opened->name(),
                    grouped(counts.events), grouped(counts.items), grouped(counts.users),
                    command.options.out.string()));
  return 0;
}

}  // namespace

Run add_export(CLI::App& root) {
  CLI::App* app = root.add_subcommand("export", "write what a store holds as tables that prepare reads");
  const auto command = std::make_shared<ExportCommand>();
  command->options.program = fmt::format("monet {}", artifact::program_version());
  add_value(*app, "--store", "ADDRESS", "shop.db (or sqlite:shop.db), or postgresql://host/database",
            [command](const std::string& text) { command->store = text; })
      ->required();
  add_path(*app, "--out", command->options.out, "folder to write")->required();
  add_flag(*app, "--force", command->options.force, "replace what export wrote, if it holds nothing else");
  add_config(*app);
  return [command] { return export_data(*command); };
}

}  // namespace monet::cli
