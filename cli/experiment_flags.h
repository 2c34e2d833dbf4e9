#pragma once

#include "monet/data/load.h"
#include "monet/experiments/experiment.h"
#include "monet/train/trainer.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace monet::dist {
class Communicator;
}

namespace monet::cli {

/// What `compare` and `sweep` share: the options they read alike.
class ExperimentFlags {
 public:
  /// Registers `--data`, `--out`, `--parallel`, `--threads`, `--k`, the training options that all runs share,
  /// `--max-minutes-per-model`, how data is read, `--force`, `--shared` with
  /// `--claim-timeout`, and `--config`. `world`: several processes share the folder, whether they are told to or not;
  /// it must outlive this.
  void add(CLI::App& app, const dist::Communicator& world);
  /// After parsing: the options.
  experiments::ExperimentOptions options(const CLI::App& app) const;

  const std::filesystem::path& data() const { return options_.run.data; }
  const data::LoadOptions& load() const { return options_.run.load; }

 private:
  experiments::ExperimentOptions options_;
  train::TrainOptions checked_;  // only checks the values: each training is told what was given
  int threads_ = 0;              // 0: the physical cores, shared by the runs
  const dist::Communicator* world_ = nullptr;
  std::vector<std::string> train_names_;
};

/// `--metric`: one of accuracy that a validation knows, at 10 or 20.
void add_validation_metric(CLI::App& app, std::string& target);

/// Throws UsageError for a method with an option that neither its model nor its training has (naming the nearest), or a
/// value outside its domain. `what` begins the message: "--models".
void check_options(const std::string& what, const experiments::Method& method);

/// Methods from their labels, checked as above; a wrong one is a UsageError that begins with `what`.
std::vector<experiments::Method> read_methods(const std::string& what, const std::string& text);

/// The command line as it was given, for the documents; without what only says who does it.
std::string command_line(const CLI::App& app);

}  // namespace monet::cli
