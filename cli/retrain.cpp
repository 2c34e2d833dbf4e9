#include "monet/retrain/retrain.h"

#include "monet/artifact/artifact.h"
#include "monet/train/keeper.h"
#include "cli/commands.h"
#include "cli/event_weights.h"
#include "cli/interrupt.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "cli/usage_error.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace monet::cli {

namespace {

struct RetrainCommand {
  retrain::RetrainOptions options;
  std::vector<std::string> event_weights;
  bool dry_run = false;
  bool json = false;
  int nice = 0;
  int threads = 1;
};

std::string recall_name(const retrain::Comparison& comparison) {
  return fmt::format("recall@{}", comparison.k);
}

nlohmann::ordered_json to_json(const RetrainCommand& command, const retrain::RetrainResult& result) {
  const retrain::Comparison& comparison = result.comparison;
  nlohmann::ordered_json json{{"model", result.model},
                              {"new_users", result.new_users},
                              {"new_items", result.new_items},
                              {"new_interactions", result.new_interactions},
                              {"epochs", result.training.epochs_run},
                              {"seconds", result.training.seconds},
                              {"held_out_users", comparison.users}};
  json["comparison"] = {
      {recall_name(comparison), {{"in_use", comparison.in_use}, {"candidate", comparison.candidate}}}};
  json["standard_error"] = comparison.standard_error;
  json["margin"] = command.options.margin;
  json["swapped"] = result.swapped;
  return json;
}

std::string summary(const RetrainCommand& command, const retrain::RetrainResult& result) {
  const retrain::Comparison& comparison = result.comparison;
  std::string text = fmt::format("{} with {} interactions, {} users and {} items more: {} epochs in {}\n", result.model,
                                 grouped(result.new_interactions), grouped(result.new_users), grouped(result.new_items),
                                 result.training.epochs_run, clock_text(result.training.seconds));
  text +=
      fmt::format("{} on the next items of {} users: in use {:.4f}, candidate {:.4f} (difference {:+.4f} ± {:.4f})\n",
                  recall_name(comparison), grouped(comparison.users), comparison.in_use, comparison.candidate,
                  comparison.candidate - comparison.in_use, comparison.standard_error);
  const std::string artifact = command.options.artifact.string();
  const bool fine = comparison.not_worse(command.options.margin);
  if (result.swapped) return text + fmt::format("{} is the new one\n", artifact);
  return text + fmt::format("{} stays: {}; the candidate is in {}\n", artifact,
                            fine ? "--dry-run" : fmt::format("worse by more than {}", command.options.margin),
                            result.candidate.string());
}

int retrain_model(RetrainCommand command) {
  command.options.swap = !command.dry_run;
  command.options.grow.kind_weights = event_weights_of(command.event_weights);
  if (command.nice > 0 && ::setpriority(PRIO_PROCESS, 0, command.nice) != 0) {
    fail<IoError>("--nice {}: {}", command.nice, std::strerror(errno));
  }
  ThreadPool pool(command.threads);
  const std::vector<std::string> no_notes;
  TrainDisplay display(no_notes);
  try {
    const std::atomic<bool>& interrupted = poll_interrupts();
    const retrain::RetrainResult result =
        retrain::retrain(command.options, pool, {&display, [&interrupted] { return interrupted.load(); }});
    display.clear();
    print(command.json ? json_text(to_json(command, result)) : summary(command, result));
  } catch (const Interrupted&) {
    display.clear();
    fail<Interrupted>("interrupted; {} is as it was", command.options.artifact.string());
  }
  return 0;
}

}  // namespace

Run add_retrain(CLI::App& root) {
  CLI::App* app =
      root.add_subcommand("retrain", "train an artifact anew with a store's events, and keep the better one");
  const auto command = std::make_shared<RetrainCommand>();
  retrain::RetrainOptions& options = command->options;
  add_path(*app, "--artifact", options.artifact, "artifact in use; replaced where the new one is not worse")
      ->required();
  add_value(*app, "--store", "FILE|URL", "events and items: shop.db, or postgresql://host/database",
            [command](const std::string& text) { command->options.store = text; })
      ->required();
  add_path(*app, "--data", options.data, "dataset it was trained on at first; without: the store holds everything");
  add_list(*app, "--event-weights", command->event_weights, "kinds of interactions: view=1,buy=3,dislike=0");
  add_number(*app, "--margin", options.margin, 0.0, 1.0, "how much worse the new one may be, as a share");
  add_number(*app, "--held-out", options.grow.held_out, 0.0, 0.25,
             "share of users whose newest item is held out for validation, and as many to compare by");
  add_integer(*app, "--k", options.k, 1, 1000, "length of the lists that are compared");
  add_number(*app, "--max-minutes", options.max_minutes, 0.0, 1e6, "of training; 0: no limit");
  add_flag(*app, "--dry-run", command->dry_run, "only compare, and leave the new one beside");
  add_flag(*app, "--json", command->json, "print what came out as JSON");
  add_integer(*app, "--nice", command->nice, 0, 19, "lower the priority by this much");
  add_seed(*app, options.seed);
  add_threads(*app, command->threads);
  add_config(*app);
  return [command] { return retrain_model(*command); };
}

}  // namespace monet::cli
