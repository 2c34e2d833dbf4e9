#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace monet::dist {
class Communicator;
}

namespace monet::cli {

/// Does a subcommand after its options are parsed; returns the exit code.
using Run = std::function<int()>;

// Each registers a subcommand with its options on the root and returns what runs it.
Run add_synth(CLI::App& root);
Run add_prepare(CLI::App& root);
Run add_export(CLI::App& root);
Run add_info(CLI::App& root);
/// `arguments`: the command line, whose `--model` decides about the options. `world`, here and below: the processes
/// that do it together; without it a subcommand is for one.
Run add_train(CLI::App& root, const std::vector<std::string>& arguments, dist::Communicator& world);
Run add_blend(CLI::App& root);
Run add_evaluate(CLI::App& root, dist::Communicator& world);
Run add_recommend(CLI::App& root, dist::Communicator& world);
Run add_similar(CLI::App& root);
Run add_serve(CLI::App& root);
Run add_retrain(CLI::App& root);
Run add_analyze(CLI::App& root);
Run add_auto(CLI::App& root);
Run add_compare(CLI::App& root, dist::Communicator& world);
Run add_sweep(CLI::App& root, dist::Communicator& world);
Run add_reproduce(CLI::App& root, dist::Communicator& world);
Run add_report(CLI::App& root);
Run add_models(CLI::App& root);
Run add_run_task(CLI::App& root);

}  // namespace monet::cli
