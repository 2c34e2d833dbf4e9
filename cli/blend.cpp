#include "monet/blend/blend.h"

#include "monet/core/thread_pool.h"
#include "monet/eval/artifact_data.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/load_flags.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/usage_error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <utility>

namespace monet::cli {

namespace {

struct BlendCommand {
  std::vector<std::string> artifacts;
  std::filesystem::path data;
  data::LoadOptions load;
  blend::BlendOptions blend;
  int threads = 1;
};

std::optional<blend::Weights> parse_weights(const std::string& text) {
  if (text == "auto") return std::nullopt;
  blend::Weights weights;
  for (const std::string& part : split_list(text)) {
    double weight = 0.0;
    const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), weight);
    if (error != std::errc() || stop != part.data() + part.size() || !std::isfinite(weight) || weight < 0.0) {
      fail<UsageError>("--weights: '{}' is not a number of at least 0", part);
    }
    weights.push_back(weight);
  }
  if (weights.empty()) fail<UsageError>("--weights: '{}' names no weight; expected auto or e.g. 0.4,0.6", text);
  return weights;
}

std::string value_at(const std::map<std::string, double>& metrics, const std::string& name) {
  const auto found = metrics.find(name);
  return found == metrics.end() ? "" : fmt::format("{:.4f}", found->second);
}

/// Each part by itself and the blend, by one metric.
std::string parts_table(const std::vector<artifact::Config>& parts, const blend::BlendResult& result,
                        const std::string& metric) {
  TextTable table({Align::left, Align::right, Align::right, Align::right});
  table.add({metric, "weight", "validation", "test"});
  std::size_t kept = 0;
  for (std::size_t m = 0; m < parts.size(); ++m) {
    const bool is_kept = kept < result.kept.size() && result.kept[kept] == m;
    const std::string weight = is_kept ? fmt::format("{:.3g}", result.weights[kept++]) : "left out";
    table.add(
        {parts[m].model, weight,
         result.search ? fmt::format("{:.4f}", result.search->alone[m].value) : value_at(parts[m].validation, metric),
         value_at(parts[m].test, metric)});
  }
  table.add({"blend", "", value_at(result.validation, metric), value_at(result.test, metric)});
  return table.text();
}

/// Whether blending was worth it.
std::string verdict(const std::vector<artifact::Config>& parts, const blend::WeightSearch& search) {
  const blend::Trial& alone = search.alone[search.best_alone];
  const std::string& model = parts[search.best_alone].model;
  const std::string figures =
      fmt::format("{:+.4f} {} on {} validation users, each half by the weights of the other, p = {:.2g}", search.gain,
                  search.metric, grouped(search.num_users), search.test.p);
  if (search.gains()) return fmt::format("better than {} alone by more than noise: {}\n", model, figures);
  return fmt::format("not better than {} alone by more than noise ({}); {} alone has {:.4f}, and is cheaper\n", model,
                     figures, model, alone.value);
}

std::string summary(const std::vector<artifact::Config>& parts, const BlendCommand& command,
                    const data::Dataset& dataset, const blend::BlendResult& result) {
  std::string text =
      fmt::format("blend on {} by {}, weights {}\n\n", dataset.name, scoring::to_string(command.blend.by),
                  command.blend.weights ? "as given" : "chosen on validation");
  text += parts_table(parts, result, "recall@20") + "\n";
  if (result.search) text += verdict(parts, *result.search) + "\n";
  std::vector<std::pair<std::string, std::map<std::string, double>>> sets;
  if (!result.validation.empty()) sets.emplace_back("validation", result.validation);
  if (!result.test.empty()) sets.emplace_back("test", result.test);
  if (!sets.empty()) text += metrics_table(sets);
  return text + fmt::format("written to {}\n", command.blend.out.string());
}

void check(const BlendCommand& command) {
  const std::size_t count = command.artifacts.size();
  if (count < 2 || count > 3) fail<UsageError>("--artifacts: {} given; expected two or three", count);
  for (const std::string& artifact : command.artifacts) {
    if (std::count(command.artifacts.begin(), command.artifacts.end(), artifact) > 1) {
      fail<UsageError>("--artifacts: {} is given twice", artifact);
    }
  }
  if (command.blend.weights && command.blend.weights->size() != count) {
    fail<UsageError>("--weights: {} for {} artifacts; expected one for each", command.blend.weights->size(), count);
  }
}

int blend_artifacts(const BlendCommand& command) {
  check(command);
  std::vector<artifact::Artifact> parts;
  std::vector<artifact::Config> configs;
  for (const std::string& path : command.artifacts) {
    parts.push_back(artifact::Artifact::open(path));
    configs.push_back(parts.back().config());
  }
  blend::require_blendable(parts, command.blend);  // before the data is read, which may take long
  const data::Dataset dataset = eval::load_data_of(parts.front(), command.data, command.load, false);
  ThreadPool pool(command.threads);
  const blend::BlendResult result = blend::blend(pool, dataset, std::move(parts), command.blend);
  print(summary(configs, command, dataset, result));
  return kDone;
}

}  // namespace

Run add_blend(CLI::App& root) {
  CLI::App* app = root.add_subcommand("blend", "two or three artifacts of the same data, blended into one");
  const auto command = std::make_shared<BlendCommand>();
  add_list(*app, "--artifacts", command->artifacts, "two or three directories that `monet train` wrote")->required();
  add_path(*app, "--data", command->data, "the dataset they were trained on")->required();
  add_path(*app, "--out", command->blend.out, "artifact directory to write")->required();
  add_choice<scoring::BlendBy>(*app, "--by", command->blend.by,
                               {{"zscore", scoring::BlendBy::zscore}, {"rank", scoring::BlendBy::rank}},
                               "scores are made comparable by each user's mean and deviation, or by 1 / (60 + rank)");
  add_value(*app, "--weights", "auto|W,W[,W]", "of the artifacts in their order, or the best on validation in tenths",
            [command](const std::string& text) { command->blend.weights = parse_weights(text); })
      ->default_str("auto");
  add_flag(*app, "--force", command->blend.force, "replace an artifact that exists");
  add_load_options(*app, command->load);
  add_threads(*app, command->threads);
  add_config(*app);
  return [command] {
    command->blend.sources = {command->data};
    return blend_artifacts(*command);
  };
}

}  // namespace monet::cli
