#include "cli/app.h"

#include "monet/artifact/config.h"
#include "monet/core/nearest.h"
#include "monet/dist/communicator.h"
#include "cli/commands.h"
#include "cli/config_file.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/quiet.h"
#include "cli/together.h"
#include "cli/usage_error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::cli {

namespace {

/// Without those that are not for people: they stand in no group.
std::vector<std::string> subcommand_names(const CLI::App& root) {
  std::vector<std::string> names;
  for (const CLI::App* command : root.get_subcommands({})) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(name);
  }
  return names;
}

/// The arguments with what `--config FILE` stands for put before those of the command line, so that the latter win.
std::vector<std::string> with_config(std::vector<std::string> arguments, const CLI::App& root) {
  const std::vector<std::string> commands = subcommand_names(root);
  const auto command = std::find_first_of(arguments.begin(), arguments.end(), commands.begin(), commands.end());
  if (command == arguments.end()) return arguments;
  const std::string name = *command;
  std::string file;
  for (auto at = command; at != arguments.end(); ++at) {
    if (*at == "--config" && at + 1 != arguments.end()) file = *(at + 1);
    if (at->starts_with("--config=")) file = at->substr(std::string("--config=").size());
  }
  if (file.empty()) return arguments;
  const CLI::App* app = root.get_subcommand(name);
  auto after = command + 1;
  for (; after != arguments.end(); ++after) {
    const auto inner = app->get_subcommands([&](const CLI::App* a) { return a->get_name() == *after; });
    if (inner.empty()) break;
    app = inner.front();
  }
  const std::vector<std::string> extra = read_config_arguments(file, *app);
  arguments.insert(after, extra.begin(), extra.end());
  return arguments;
}

std::string unknown_argument(const CLI::App& app, const std::string& argument) {
  if (!argument.starts_with('-')) {
    const std::vector<std::string> commands = subcommand_names(app);
    if (commands.empty()) return fmt::format("unexpected argument '{}'", argument);
    const std::string near = did_you_mean(argument, commands);
    if (!near.empty()) return fmt::format("unknown subcommand '{}'{}", argument, near);
    return fmt::format("unknown subcommand '{}'; there are {}", argument, fmt::join(commands, ", "));
  }
  const std::string option = argument.substr(0, argument.find('='));
  const std::string word = option.substr(std::min(option.find_first_not_of('-'), option.size()));
  return fmt::format("unknown option '{}'{}", option, did_you_mean(word, option_names(app), "--"));
}

/// The root and the subcommands that the command line names, outermost first.
std::vector<const CLI::App*> chosen_apps(const CLI::App& root) {
  std::vector<const CLI::App*> chain{&root};
  while (!chain.back()->get_subcommands().empty()) chain.push_back(chain.back()->get_subcommands().front());
  return chain;
}

/// What is wrong with the command line: an unknown word if there is one (it is likely why something else is missing),
/// otherwise what the parser says.
std::string usage_message(const CLI::App& root, const CLI::ParseError& error) {
  const std::vector<const CLI::App*> chosen = chosen_apps(root);
  for (auto app = chosen.rbegin(); app != chosen.rend(); ++app) {
    if (const std::vector<std::string> rest = (*app)->remaining(); !rest.empty()) {
      return unknown_argument(**app, rest.front());
    }
  }
  if (const std::vector<std::string> names = subcommand_names(*chosen.back()); !names.empty()) {
    return fmt::format("a subcommand is required: {}", fmt::join(names, ", "));
  }
  return error.what();
}

std::string program_name(const CLI::App& root) {
  std::string name;
  for (const CLI::App* app : chosen_apps(root)) name += (name.empty() ? "" : " ") + app->get_name();
  return name;
}

/// The program's name, in the build with MPI another one.
std::string name_of(const dist::Communicator& world) {
  return world.library().empty() ? "monet" : "monet-mpi";
}

std::string version_text(const dist::Communicator& world) {
  const std::string library = world.library();
  return fmt::format("{} {}\n{}", name_of(world), artifact::program_version(), library.empty() ? "" : library + "\n");
}

/// `--name=` gives an option nothing; the parser would give it the next argument.
std::vector<std::string> with_empty_values(const std::vector<std::string>& arguments) {
  std::vector<std::string> out;
  for (const std::string& argument : arguments) {
    if (argument.starts_with("--") && argument.size() > 3 && argument.find('=') == argument.size() - 1) {
      out.push_back(argument.substr(0, argument.size() - 1));
      out.emplace_back();
    } else {
      out.push_back(argument);
    }
  }
  return out;
}

void parse(CLI::App& root, int argc, char** argv) {
  std::vector<std::string> arguments = with_empty_values(with_config({argv + 1, argv + argc}, root));
  std::reverse(arguments.begin(), arguments.end());
  try {
    root.parse(arguments);
  } catch (const CLI::Success&) {
    throw;
  } catch (const CLI::ParseError& error) {
    fail<UsageError>("{} (see {} --help)", usage_message(root, error), program_name(root));
  }
}

/// What several processes do together; the rest would be done by each of them.
constexpr std::array<std::string_view, 6> kSpread{"train", "evaluate", "recommend", "compare", "sweep", "reproduce"};

void require_spread(const dist::Communicator& world, std::string_view command) {
  if (world.is_alone() || std::find(kSpread.begin(), kSpread.end(), command) != kSpread.end()) return;
  fail<UsageError>("runs in one process; start it without mpirun");
}

}  // namespace

int run(int argc, char** argv, dist::Communicator& world) {
  install_signal_handlers();
  CLI::App root(
      "monet: a multimedia recommender engine. It learns from interactions and from text, images, audio of the\n"
      "items, and recommends, explains and serves.",
      name_of(world));
  try {
    if (!world.is_first()) be_quiet();
    root.set_version_flag("--version", version_text(world), "show the version");
    root.require_subcommand(1);
    const std::vector<Run> commands{add_synth(root),
                                    add_prepare(root),
                                    add_export(root),
                                    add_info(root),
                                    add_train(root, {argv + 1, argv + argc}, world),
                                    add_blend(root),
                                    add_evaluate(root, world),
                                    add_recommend(root, world),
                                    add_similar(root),
                                    add_serve(root),
                                    add_retrain(root),
                                    add_auto(root),
                                    add_compare(root, world),
                                    add_sweep(root, world),
                                    add_analyze(root),
                                    add_reproduce(root, world),
                                    add_report(root),
                                    add_models(root),
                                    add_run_task(root)};
    parse(root, argc, argv);
    require_spread(world, root.get_subcommands().front()->get_name());
    const std::vector<CLI::App*> all = root.get_subcommands({});
    const auto chosen = std::find(all.begin(), all.end(), root.get_subcommands().front());
    return commands[static_cast<std::size_t>(chosen - all.begin())]();
  } catch (const CLI::Success& success) {
    const bool version = success.get_name() == "CallForVersion";
    try {
      print(version ? version_text(world) : root.help());
      return kDone;
    } catch (...) {
      return report_together(world, name_of(world));
    }
  } catch (...) {
    return report_together(world, program_name(root));
  }
}

}  // namespace monet::cli
