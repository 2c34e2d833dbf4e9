#include "monet/report/report.h"
#include "monet/report/html.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>

namespace monet::cli {

namespace {

struct ReportCommand {
  std::filesystem::path path;
  std::filesystem::path out;
  bool force = false;
};

/// `report.html` in a directory, NAME.html beside a file NAME.json.
std::filesystem::path default_out(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) return path / "report.html";
  return std::filesystem::path(path).replace_extension(".html");
}

int report(const ReportCommand& command) {
  const report::Page page = report::read_page(command.path);
  const std::filesystem::path out = command.out.empty() ? default_out(command.path) : command.out;
  Output output(out, command.force, command.path);
  output.write(report::render(page));
  output.finish();
  if (out != "-") print(fmt::format("{}: {}\n", out.string(), page.title));
  return kDone;
}

}  // namespace

Run add_report(CLI::App& root) {
  CLI::App* app = root.add_subcommand("report", "one self-contained HTML page with tables and plots of a result");
  const auto command = std::make_shared<ReportCommand>();
  add_path(*app, "path", command->path,
           "artifact, directory written by auto, compare, sweep or reproduce, or JSON file written by analyze")
      ->required()
      ->option_text("PATH");
  add_path(*app, "--out", command->out, "HTML file to write, - for stdout; by default report.html in the directory");
  add_flag(*app, "--force", command->force, "replace a file that is there");
  add_config(*app);
  return [command] { return report(*command); };
}

}  // namespace monet::cli
