#include "monet/artifact/artifact.h"
#include "monet/core/thread_pool.h"
#include "monet/data/load.h"
#include "monet/dist/collectives.h"
#include "monet/sharded/load.h"
#include "monet/sharded/trainer.h"
#include "monet/train/checkpoint.h"
#include "monet/train/keeper.h"
#include "monet/train/trainer.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/load_flags.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "cli/train_flags.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace monet::cli {

namespace {

struct TrainCommand {
  explicit TrainCommand(const std::string& name) : model(name), train(train::TrainOptions::for_model(name)) {}

  std::filesystem::path data;
  data::LoadOptions load;
  models::ModelOptions model;
  train::TrainOptions train;
  int threads = 1;
};

/// What a summary says of the data.
struct Summarised {
  std::string name;
  std::pair<Index, Index> validation, test;  // users, and how many of them have no training item
};

/// Users with an item in `split`, and how many of them have no training item.
std::pair<Index, Index> count_users(const Csr& train, const Csr& split) {
  Index users = 0;
  Index without_history = 0;
  for (Index u = 0; u < split.rows(); ++u) {
    if (split.degree(u) == 0) continue;
    ++users;
    if (train.degree(u) == 0) ++without_history;
  }
  return {users, without_history};
}

std::string users_line(std::string_view split, const std::pair<Index, Index>& counted) {
  const auto [users, without_history] = counted;
  return fmt::format("{}: {} users, {} of them without training items and ranked by popularity\n", split,
                     grouped(users), grouped(without_history));
}

std::string summary(const TrainCommand& command, const Summarised& data, const train::TrainResult& result) {
  std::string text = fmt::format("{} on {}: ", command.model.model(), data.name);
  if (result.steps > 0) {
    text +=
        fmt::format("{} epochs, {} steps, {}", result.epochs_run, grouped(result.steps), clock_text(result.seconds));
    if (result.best_epoch >= 0) text += fmt::format("; best at epoch {}", result.best_epoch);
  } else {
    text += "no training steps";
  }
  if (result.out_of_time) text += fmt::format("; ended by --max-minutes {}", command.train.max_minutes);
  text += "\n";
  std::vector<std::pair<std::string, std::map<std::string, double>>> sets;
  if (!result.validation.empty()) sets.emplace_back("validation", result.validation);
  if (!result.test.empty()) sets.emplace_back("test", result.test);
  if (!sets.empty()) text += metrics_table(sets);
  if (!result.validation.empty()) text += users_line("validation", data.validation);
  if (!result.test.empty()) text += users_line("test", data.test);
  return text + fmt::format("written to {}\n", command.train.out.string());
}

[[noreturn]] void fail_interrupted(const std::filesystem::path& out) {
  const std::filesystem::path checkpoint = artifact::partial_path(out);
  if (!std::filesystem::exists(checkpoint)) fail<Interrupted>("interrupted before the first checkpoint");
  fail<Interrupted>("interrupted; {} holds a checkpoint, and the same command with --resume goes on from there",
                    checkpoint.string());
}

/// Calls `train` with a display and an answer to interrupts, and prints what came out.
template <class Train>
int train_shown(const TrainCommand& command, const data::Notes& notes, const Summarised& data, Train&& train) {
  TrainDisplay display(notes.lines);
  try {
    const std::atomic<bool>& interrupted = poll_interrupts();
    const train::TrainResult result = train(train::TrainHooks{&display, [&interrupted] { return interrupted.load(); }});
    display.clear();
    print(summary(command, data, result));
  } catch (const Interrupted&) {
    display.clear();
    fail_interrupted(command.train.out);
  }
  return 0;
}

int train_spread(const TrainCommand& command, dist::Communicator& world) {
  sharded::check_before_loading(world, command.model, command.train);
  const sharded::Shard shard = sharded::load(world, command.data, command.load);
  const auto counted = [&](const Csr& split) {
    const auto [users, without_history] = count_users(shard.train, split);
    return std::pair(dist::all_reduced(world, users), dist::all_reduced(world, without_history));
  };
  const Summarised data{shard.name, counted(shard.validation), counted(shard.test)};
  ThreadPool pool(command.threads);
  return train_shown(command, shard.notes, data, [&](const train::TrainHooks& hooks) {
    return sharded::train(world, shard, command.model, command.train, pool, hooks);
  });
}

int train_model(const TrainCommand& command) {
  train::check_output(command.train);  // before the data is read, which may take long
  const data::Dataset dataset = data::load(command.data, command.load);
  ThreadPool pool(command.threads);
  const Summarised data{dataset.name, count_users(dataset.train, dataset.validation),
                        count_users(dataset.train, dataset.test)};
  return train_shown(command, dataset.notes, data, [&](const train::TrainHooks& hooks) {
    return train::train(dataset, command.model, command.train, pool, hooks);
  });
}

}  // namespace

Run add_train(CLI::App& root, const std::vector<std::string>& arguments, dist::Communicator& world) {
  CLI::App* app = root.add_subcommand("train", "train a model on a dataset and write an artifact");
  const auto command = std::make_shared<TrainCommand>(model_of(arguments));
  add_path(*app, "--data", command->data, "dataset: a directory, or a table with a header")->required();
  add_path(*app, "--out", command->train.out, "artifact directory to write")->required();
  add_train_options(*app, command->model, command->train);
  add_load_options(*app, command->load);
  add_threads(*app, command->threads, world);
  add_config(*app);
  return [command, &world] { return world.is_alone() ? train_model(*command) : train_spread(*command, world); };
}

}  // namespace monet::cli
