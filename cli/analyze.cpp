#include "monet/artifact/artifact.h"
#include "monet/core/thread_pool.h"
#include "monet/data/load.h"
#include "monet/eval/artifact_data.h"
#include "cli/analyze_json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/load_flags.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/table.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace monet::cli {

namespace {

constexpr Index kMostSamples = Index{1} << 40;
constexpr std::size_t kBarWidth = 24;

struct AnalyzeCommand {
  std::filesystem::path artifact;
  std::filesystem::path data;
  std::filesystem::path json;
  data::LoadOptions load;
  experiments::AvgDiffOptions avg_diff;
  bool force = false;
  int threads = 1;
};

/// JSON goes to `output` where it was asked for, and text to standard output unless the JSON goes there.
void write_results(const AnalyzeCommand& command, Output& output, const std::string& json, const std::string& text) {
  if (!command.json.empty()) {
    output.write(json);
    output.finish();
  }
  if (command.json != "-") print(text);
}

std::string bar(Index count, Index largest) {
  const auto length = static_cast<std::size_t>(
      std::llround(static_cast<double>(kBarWidth) * static_cast<double>(count) / static_cast<double>(largest)));
  return std::string(count > 0 ? std::max<std::size_t>(length, 1) : 0, '#');
}

std::string histogram_text(const experiments::ModalitySimilarity& m) {
  Index largest = 1;
  for (const Index count : m.interacted_counts) largest = std::max(largest, count);
  for (const Index count : m.not_interacted_counts) largest = std::max(largest, count);
  TextTable table({Align::right, Align::right, Align::left, Align::right, Align::left});
  table.add({m.modality, "I-I", "", "I-N", ""});
  for (std::size_t b = 0; b < m.interacted_counts.size(); ++b) {
    const Index interacted = m.interacted_counts[b];
    const Index others = m.not_interacted_counts[b];
    table.add({fmt::format("{:.3f}", m.edges[b]), grouped(interacted), bar(interacted, largest), grouped(others),
               bar(others, largest)});
  }
  return table.text();
}

std::string similarity_text(const data::Dataset& dataset,
                            const std::vector<experiments::ModalitySimilarity>& modalities) {
  TextTable table({Align::left, Align::right, Align::right, Align::right, Align::right, Align::right, Align::right});
  table.add({"modality", "users", "I-I", "I-N", "I-I higher by", "p (t)", "p (Wilcoxon)"});
  std::string histograms;
  for (const experiments::ModalitySimilarity& m : modalities) {
    table.add({m.modality, grouped(m.users), fmt::format("{:.4f}", m.interacted),
               fmt::format("{:.4f}", m.not_interacted), fmt::format("{:.2f} %", m.excess_percent()),
               fmt::format("{:.2g}", m.t.p), fmt::format("{:.2g}", m.wilcoxon.p)});
    histograms += "\n" + histogram_text(m);
  }
  return fmt::format(
      "{}: mean cosine of a user's items among themselves (I-I) and with all others (I-N)\n{}\n"
      "users by similarity, from each bin's lower edge\n{}",
      dataset.name, table.text(), histograms.substr(1));
}

int similarity(const AnalyzeCommand& command) {
  Output output(command.json, command.force);
  const data::Dataset dataset = data::load(command.data, command.load);
  ThreadPool pool(command.threads);
  const auto modalities = experiments::analyze_similarity(pool, dataset);
  write_results(command, output, similarity_json(dataset, modalities), similarity_text(dataset, modalities));
  return kDone;
}

std::string avg_diff_text(const artifact::Artifact& artifact,
                          const std::vector<experiments::ModalityDifference>& modalities, bool exact) {
  TextTable table({Align::left, Align::right, Align::right, Align::right, Align::left});
  table.add({"modality", "avg.diff", "standard error", "pairs", "compared with the features"});
  for (const experiments::ModalityDifference& m : modalities) {
    table.add({m.modality, fmt::format("{:.4f}", m.estimate.mean),
               exact ? "exact" : fmt::format("{:.5f}", m.estimate.standard_error), grouped(m.estimate.pairs),
               m.embedding});
  }
  return fmt::format("{} on {}: how far item embeddings are from the features (Eq. 1; 0: as the features say)\n{}",
                     artifact.config().model, artifact.config().data_name, table.text());
}

int avg_diff(const AnalyzeCommand& command) {
  if (command.avg_diff.samples == 1) fail<UsageError>("--samples: 1 pair has no standard error; give 2 or more, or 0");
  Output output(command.json, command.force);
  const artifact::Artifact artifact = artifact::Artifact::open(command.artifact);
  const data::Dataset dataset = eval::load_data_of(artifact, command.data, command.load, false);
  ThreadPool pool(command.threads);
  const auto modalities = experiments::average_differences(pool, artifact, dataset, command.avg_diff);
  const bool exact = command.avg_diff.samples == 0;
  write_results(command, output, avg_diff_json(artifact, modalities, exact),
                avg_diff_text(artifact, modalities, exact));
  return kDone;
}

CLI::App& add_analysis(CLI::App& app, AnalyzeCommand& command, const std::string& name,
                       const std::string& description) {
  CLI::App* analysis = app.add_subcommand(name, description);
  add_path(*analysis, "--data", command.data, "dataset: a directory, or a table with a header")->required();
  add_path(*analysis, "--json", command.json, "also write the results as JSON; - for standard output instead");
  add_flag(*analysis, "--force", command.force, "replace the JSON file if it exists");
  add_load_options(*analysis, command.load);
  add_threads(*analysis, command.threads);
  add_config(*analysis);
  return *analysis;
}

}  // namespace

Run add_analyze(CLI::App& root) {
  CLI::App* app = root.add_subcommand("analyze", "the paper's analyses of features and embeddings");
  app->require_subcommand(1);
  const auto command = std::make_shared<AnalyzeCommand>();
  CLI::App& of_users = add_analysis(*app, *command, "similarity",
                                    "are a user's items more alike than others (Figure 1), with significance");
  CLI::App& of_artifact =
      add_analysis(*app, *command, "avg-diff", "how far learned item embeddings are from the features (Eq. 1)");
  add_path(of_artifact, "--artifact", command->artifact, "directory that `monet train` wrote")->required();
  add_integer(of_artifact, "--samples", command->avg_diff.samples, 0, kMostSamples,
              "pairs of items to draw, from 2; 0: all pairs, exactly");
  add_seed(of_artifact, command->avg_diff.seed);
  return [&of_users, command] { return of_users.parsed() ? similarity(*command) : avg_diff(*command); };
}

}  // namespace monet::cli
