#include "monet/artifact/artifact.h"
#include "monet/core/thread_pool.h"
#include "monet/eval/artifact_data.h"
#include "monet/eval/documents.h"
#include "monet/eval/evaluator.h"
#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"
#include "cli/commands.h"
#include "cli/list_lengths.h"
#include "cli/load_flags.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/table.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
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

std::string table_text(const EvaluateCommand& command, const artifact::Config& config, const data::Dataset& dataset,
                       const eval::Evaluation& evaluation) {
  return fmt::format("{} on the {} split of {}, {} users\n{}\nbeyond accuracy\n{}", config.model,
                     command.split == Split::test ? "test" : "validation", dataset.name, grouped(evaluation.num_users),
                     metrics_table(columns(command, evaluation, false)),
                     metrics_table(columns(command, evaluation, true)));
}

int evaluate(const EvaluateCommand& command) {
  Output json(command.json, command.force);
  Output per_user(command.per_user, command.force);
  const artifact::Artifact artifact = artifact::Artifact::open(command.artifact);
  const data::Dataset dataset = eval::load_data_of(artifact, command.data, command.load, command.force);
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
    print(table_text(command, artifact.config(), dataset, evaluation));
  if (evaluation.num_popular > 0) {
    fmt::print(stderr, "{} of {} users have no training items and were ranked by popularity\n",
               grouped(evaluation.num_popular), grouped(evaluation.num_users));
  }
  return 0;
}

}  // namespace

Run add_evaluate(CLI::App& root, dist::Communicator& /*world*/) {
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
  add_threads(*app, command->threads);
  add_config(*app);
  return [command] { return evaluate(*command); };
}

}  // namespace monet::cli
