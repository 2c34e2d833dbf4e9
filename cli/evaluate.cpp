#include "monet/sharded/evaluate.h"
#include "monet/artifact/artifact.h"
#include "monet/core/thread_pool.h"
#include "monet/eval/artifact_data.h"
#include "monet/eval/documents.h"
#include "monet/eval/evaluator.h"
#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"
#include "monet/sharded/load.h"
#include "cli/commands.h"
#include "cli/list_lengths.h"
#include "cli/load_flags.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/usage_error.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace monet::cli {

namespace {

enum class Split { validation, test };

struct EvaluateCommand {
  std::filesystem::path artifact;
  std::filesystem::path data;
  std::filesystem::path json;
  std::filesystem::path per_user;
  data::LoadOptions load;
  Split split = Split::test;
  std::vector<Index> ks{10, 20};
  bool mask_validation = false;
  bool auc = false;
  bool force = false;
  int threads = 1;
};

using MetricSets = std::vector<std::pair<std::string, std::map<std::string, double>>>;

/// A column for each K ("@20"), of the metrics of accuracy or of those beyond; a metric without K is in the first.
MetricSets columns(const EvaluateCommand& command, const eval::Evaluation& evaluation, bool beyond_accuracy) {
  MetricSets sets;
  for (const Index k : command.ks) sets.emplace_back(eval::at_k("", k), std::map<std::string, double>());
  for (const auto& [text, value] : evaluation.metrics) {
    eval::MetricName name = eval::parse_metric_name(text);
    if (eval::find_metric(name.metric)->beyond_accuracy() != beyond_accuracy) continue;
    const auto at = std::find(command.ks.begin(), command.ks.end(), std::exchange(name.k, 0));
    const auto column = at == command.ks.end() ? 0 : at - command.ks.begin();
    sets[static_cast<std::size_t>(column)].second.emplace(eval::to_string(name), value);
  }
  return sets;
}

std::string table_text(const EvaluateCommand& command, const artifact::Config& config, const std::string& name,
                       const eval::Evaluation& evaluation) {
  const MetricSets beyond = columns(command, evaluation, true);
  const bool has_beyond =
      std::any_of(beyond.begin(), beyond.end(), [](const auto& column) { return !column.second.empty(); });
  return fmt::format("{} on the {} split of {}, {} users\n{}{}", config.model,
                     command.split == Split::test ? "test" : "validation", name, grouped(evaluation.num_users),
                     metrics_table(columns(command, evaluation, false)),
                     has_beyond ? "\nbeyond accuracy\n" + metrics_table(beyond) : "");
}

void report_popular(const eval::Evaluation& evaluation) {
  if (evaluation.num_popular == 0) return;
  say("{} of {} users have no training items and were ranked by popularity\n", grouped(evaluation.num_popular),
      grouped(evaluation.num_users));
}

/// Refuses what contradicts itself.
void check(const EvaluateCommand& command) {
  if (command.mask_validation && command.split == Split::validation) {
    fail<UsageError>("--mask-validation takes away the very items that --split val looks for; leave one out");
  }
  if (command.json == "-" && command.per_user == "-") {
    fail<UsageError>("--json and --per-user would both go to standard output; give one of them a file");
  }
}

/// Every process ranks its own users.
int evaluate_spread(const EvaluateCommand& command, dist::Communicator& world) {
  if (!command.per_user.empty()) fail<UsageError>("--per-user is written by one process; start it without mpirun");
  std::optional<Output> json;
  if (world.is_first()) json.emplace(command.json, command.force);
  const artifact::Artifact artifact = artifact::Artifact::open(command.artifact);
  const sharded::Shard shard =
      sharded::load(world, command.data, eval::load_options_for(artifact, command.load, command.force));
  eval::require_data_of(artifact, command.data, shard.num_users(), shard.num_items(), shard.hash, command.force, true);
  ThreadPool pool(command.threads);
  eval::EvaluateOptions options;
  options.ks = command.ks;
  options.auc = command.auc;
  const Csr validation = sharded::among_all_users(shard, world.rank(), shard.validation);
  if (command.mask_validation) options.masks.push_back(validation);
  const bool of_test = command.split == Split::test;
  const Csr targets = of_test ? sharded::among_all_users(shard, world.rank(), shard.test) : validation;
  const eval::Evaluation evaluation = sharded::evaluate(world, pool, artifact.scoring(), targets, options);
  if (!world.is_first()) return 0;
  if (!command.json.empty()) {
    json->write(eval::to_json(evaluation, of_test ? "test" : "val"));
    json->finish();
  }
  if (command.json != "-") print(table_text(command, artifact.config(), shard.name, evaluation));
  report_popular(evaluation);
  return 0;
}

int evaluate(const EvaluateCommand& command) {
  Output json(command.json, command.force);
  Output per_user(command.per_user, command.force);
  const artifact::Artifact artifact = artifact::Artifact::open(command.artifact);
  const data::Dataset dataset = eval::load_data_of(artifact, command.data, command.load, command.force, true);
  ThreadPool pool(command.threads);
  eval::EvaluateOptions options;
  options.ks = command.ks;
  options.auc = command.auc;
  options.per_user = !command.per_user.empty();
  options.beyond_accuracy = true;
  for (const data::Modality& modality : dataset.modalities)
    options.features.push_back({modality.name, modality.features});
  if (command.mask_validation) options.masks.push_back(dataset.validation);
  const Csr& targets = command.split == Split::test ? dataset.test : dataset.validation;
  const eval::Evaluation evaluation = eval::evaluate(pool, artifact.scoring(), targets, options);
  if (!command.json.empty()) {
    json.write(eval::to_json(evaluation, command.split == Split::test ? "test" : "val"));
    json.finish();
  }
  if (!command.per_user.empty()) {
    per_user.write(eval::per_user_table(evaluation, artifact.users()));
    per_user.finish();
  }
  if (command.json != "-" && command.per_user != "-")
    print(table_text(command, artifact.config(), dataset.name, evaluation));
  report_popular(evaluation);
  return 0;
}

}  // namespace

Run add_evaluate(CLI::App& root, dist::Communicator& world) {
  CLI::App* app = root.add_subcommand("evaluate", "metrics of an artifact on the validation or test split");
  const auto command = std::make_shared<EvaluateCommand>();
  add_path(*app, "--artifact", command->artifact, "directory that `monet train` wrote")->required();
  add_path(*app, "--data", command->data, "the dataset it was trained on")->required();
  add_choice<Split>(*app, "--split", command->split, {{"val", Split::validation}, {"test", Split::test}},
                    "whose items are to be found");
  add_list_lengths(*app, command->ks);
  add_path(*app, "--json", command->json, "also write split, users and metrics as JSON; - for standard output instead");
  add_path(*app, "--per-user", command->per_user, "also write every user's metrics, tab-separated; - likewise");
  add_flag(*app, "--mask-validation", command->mask_validation, "validation items are no candidates either");
  add_flag(*app, "--auc", command->auc, "also the area under the ROC curve");
  add_flag(*app, "--force", command->force, "evaluate on data of another hash; replace files that are there");
  add_load_options(*app, command->load);
  add_threads(*app, command->threads, world);
  add_config(*app);
  return [command, &world] {
    check(*command);
    return world.is_alone() ? evaluate(*command) : evaluate_spread(*command, world);
  };
}

}  // namespace monet::cli
