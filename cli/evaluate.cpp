#include "monet/artifact/artifact.h"
#include "monet/core/thread_pool.h"
#include "monet/data/load_record.h"
#include "monet/eval/evaluator.h"
#include "cli/commands.h"
#include "cli/load_flags.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <memory>

namespace monet::cli {

namespace {

enum class Split { validation, test };

struct EvaluateCommand {
  std::filesystem::path artifact;
  std::filesystem::path data;
  std::filesystem::path json;
  data::LoadOptions load;
  Split split = Split::test;
  std::vector<Index> ks{10, 20};
  bool mask_validation = false;
  bool auc = false;
  bool force = false;
  int threads = 1;
};

std::vector<Index> parse_cuts(const std::string& text) {
  std::vector<Index> ks;
  for (const std::string& part : split_list(text)) {
    ks.push_back(parse_integer("--k", part, 1, std::numeric_limits<std::int32_t>::max()));
  }
  if (ks.empty()) fail<UsageError>("--k: '{}' names no list length; expected e.g. 10,20", text);
  std::sort(ks.begin(), ks.end());
  ks.erase(std::unique(ks.begin(), ks.end()), ks.end());
  return ks;
}

/// The dataset read as the artifact's was, with its modalities, unless others were asked for: the hash covers them.
data::Dataset load_for(const EvaluateCommand& command, const artifact::Config& config) {
  data::LoadOptions load = command.load;
  data::apply_record(config.data_options, load);
  if (!load.modalities && !command.force) {
    load.modalities.emplace();
    for (const artifact::ModalityInfo& modality : config.modalities) {
      if (modality.features > 0) load.modalities->push_back(modality.name);
    }
  }
  return data::load(command.data, load);
}

/// Throws DataError when the data is not what the model was trained on: shapes always, content unless forced.
void check_same_data(const EvaluateCommand& command, const artifact::Config& config, const data::Dataset& dataset) {
  if (dataset.num_users() != config.num_users || dataset.num_items() != config.num_items) {
    fail<DataError>("{}: {} users and {} items, but {} was trained on {} and {}; give the data it was trained on",
                    command.data.string(), dataset.num_users(), dataset.num_items(), command.artifact.string(),
                    config.num_users, config.num_items);
  }
  if (dataset.hash != config.data_hash && !command.force) {
    fail<DataError>(
        "{}: not the data {} was trained on (hash {}, not {}); give that with the same data options, or --force",
        command.data.string(), command.artifact.string(), dataset.hash, config.data_hash);
  }
}

std::string json_text(const EvaluateCommand& command, const eval::Evaluation& evaluation) {
  nlohmann::ordered_json json;
  json["split"] = command.split == Split::test ? "test" : "val";
  json["users"] = evaluation.num_users;
  json["popularity_users"] = evaluation.num_popular;
  json["metrics"] = evaluation.metrics;
  return json.dump(2) + "\n";
}

std::string table_text(const EvaluateCommand& command, const artifact::Config& config, const data::Dataset& dataset,
                       const eval::Evaluation& evaluation) {
  std::vector<std::pair<std::string, std::map<std::string, double>>> cuts;
  for (const Index k : command.ks) {
    const std::string suffix = fmt::format("@{}", k);
    std::map<std::string, double> metrics;
    for (const auto& [name, value] : evaluation.metrics) {
      if (name.ends_with(suffix)) metrics.emplace(name.substr(0, name.size() - suffix.size()), value);
    }
    cuts.emplace_back(suffix, std::move(metrics));
  }
  if (const auto auc = evaluation.metrics.find("auc"); auc != evaluation.metrics.end()) {
    cuts.front().second.emplace(*auc);
  }
  return fmt::format("{} on the {} split of {}, {} users\n{}", config.model,
                     command.split == Split::test ? "test" : "validation", dataset.name, grouped(evaluation.num_users),
                     metrics_table(cuts));
}

int evaluate(const EvaluateCommand& command) {
  const artifact::Artifact artifact = artifact::Artifact::open(command.artifact);
  const data::Dataset dataset = load_for(command, artifact.config());
  check_same_data(command, artifact.config(), dataset);
  ThreadPool pool(command.threads);
  eval::EvaluateOptions options;
  options.ks = command.ks;
  options.auc = command.auc;
  if (command.mask_validation) options.masks.push_back(dataset.validation);
  const Csr& targets = command.split == Split::test ? dataset.test : dataset.validation;
  const eval::Evaluation evaluation = eval::evaluate(pool, artifact.scoring(), targets, options);
  if (!command.json.empty()) {
    // Like a shell's `>`, this replaces a file that is there, but only by the whole new one.
    Output output(command.json, true);
    output.write(json_text(command, evaluation));
    output.finish();
  }
  if (command.json != "-") print(table_text(command, artifact.config(), dataset, evaluation));
  if (evaluation.num_popular > 0) {
    fmt::print(stderr, "{} of {} users have no training items and were ranked by popularity\n",
               grouped(evaluation.num_popular), grouped(evaluation.num_users));
  }
  return 0;
}

}  // namespace

Run add_evaluate(CLI::App& root) {
  CLI::App* app = root.add_subcommand("evaluate", "metrics of an artifact on the validation or test split");
  const auto command = std::make_shared<EvaluateCommand>();
  add_path(*app, "--artifact", command->artifact, "directory that `monet train` wrote")->required();
  add_path(*app, "--data", command->data, "the dataset it was trained on")->required();
  add_choice<Split>(*app, "--split", command->split, {{"val", Split::validation}, {"test", Split::test}},
                    "whose items are to be found");
  add_value(*app, "--k", "K,K,…", "list lengths", [command](const std::string& text) {
    command->ks = parse_cuts(text);
  })->default_str("10,20");
  add_path(*app, "--json", command->json, "also write split, users and metrics as JSON; - for standard output instead");
  add_flag(*app, "--mask-validation", command->mask_validation, "validation items are no candidates either");
  add_flag(*app, "--auc", command->auc, "also the area under the ROC curve");
  add_flag(*app, "--force", command->force, "evaluate on data of another hash");
  add_load_options(*app, command->load);
  add_threads(*app, command->threads);
  add_config(*app);
  return [command] { return evaluate(*command); };
}

}  // namespace monet::cli
