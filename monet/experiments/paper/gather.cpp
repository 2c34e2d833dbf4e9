#include "monet/experiments/paper/gather.h"

#include "monet/artifact/artifact.h"
#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/options.h"
#include "monet/experiments/detail/json.h"
#include "monet/models/model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

namespace monet::experiments::paper {

namespace {

constexpr std::string_view kUserMeasure = "recall@20";

/// The mean over the done runs of each user's value.
std::vector<double> users_of(const MethodResult& method, std::vector<std::string>& names) {
  std::vector<double> sum;
  double count = 0.0;
  for (const Run& run : method.runs) {
    if (run.state != Run::State::done) continue;
    const std::filesystem::path file = run.folder / "users.tsv";
    const UserMetrics metrics = read_user_metrics(file);
    if (names.empty()) names = metrics.users;
    const auto column = std::find(metrics.names.begin(), metrics.names.end(), kUserMeasure);
    if (column == metrics.names.end() || metrics.users != names) {
      fail<DataError>("{}: not the {} of the users that other runs were evaluated on; remove {} to do the run again",
                      file.string(), kUserMeasure, run.folder.string());
    }
    const std::vector<double>& values = metrics.values[static_cast<std::size_t>(column - metrics.names.begin())];
    sum.resize(values.size(), 0.0);
    for (std::size_t u = 0; u < values.size(); ++u) sum[u] += values[u];
    count += 1.0;
  }
  for (double& x : sum) x /= count;
  return sum;
}

/// "3 of 5 seeds; 2 trainings were ended by max-minutes while they still gained"; "" for a whole one.
std::string remark_on(const MethodResult& method, const Observation& observation, std::size_t seeds) {
  std::string text;
  if (observation.runs < seeds) text = fmt::format("{} of {} seeds", observation.runs, seeds);
  if (observation.cut_off == 0) return text;
  std::set<std::string> limits;
  for (const Run& run : method.runs) {
    if (run.state == Run::State::done && !run.ended_by.empty()) limits.insert(option_name(run.ended_by));
  }
  return text + fmt::format("{}{} training{} ended by {} while still gaining", text.empty() ? "" : "; ",
                            observation.cut_off, observation.cut_off == 1 ? "" : "s", fmt::join(limits, " or "));
}

/// avg.diff of a run that was computed, by modality.
std::map<std::string, double> read_differences(const std::filesystem::path& file) {
  try {
    return detail::read_json(file).get<std::map<std::string, double>>();
  } catch (const nlohmann::json::exception& error) {
    fail<DataError>("{}: damaged ({}); remove it to compute it again", file.string(), error.what());
  }
}

}  // namespace

Problems find_problems(const DatasetInfo& dataset, const Selection& selection) {
  Problems problems;
  for (const std::string& label : left_out_methods(selection)) problems[label] = "not among the models asked for";
  for (const std::string& label : needed_methods(selection)) {
    if (dataset.modalities.empty() && models::needs_features(settings_of(parse_methods(label).front()).model)) {
      problems[label] = "needs item features, and the dataset has none";
    }
  }
  return problems;
}

void gather_accuracy(const Comparison& comparison, const Selection& selection, std::size_t seeds,
                     DatasetObservations& observations) {
  const Selection own = on(selection, observations.paper);
  std::vector<std::string> names;
  for (const std::string& label : needed_methods(own)) {
    const MethodResult* method = comparison.find(run_label(label, own));
    if (method == nullptr) continue;
    Observation& observation = observations.methods[label];
    for (const Run& run : method->runs) {
      if (run.state != Run::State::done) continue;
      ++observation.runs;
      for (const auto& [name, value] : run.test) observation.values[name].seeds.push_back(value);
    }
    if (observation.values.empty()) {
      observation.problem = method->error().empty() ? "not run" : method->error();
    } else {
      observation.users.emplace(kUserMeasure, users_of(*method, names));
      observation.cut_off = method->cut_off().size();
      observation.seconds = method->seconds.mean;
      observation.tuned = joined(method->tuned);
      observation.remark = remark_on(*method, observation, seeds);
    }
  }
}

void gather_differences(ThreadPool& pool, const Comparison& comparison, const Selection& selection,
                        const std::function<data::Dataset()>& load, const std::atomic<bool>& should_stop,
                        sharing::Share* share, DatasetObservations& observations) {
  const Selection own = on(selection, observations.paper);
  std::optional<data::Dataset> dataset;
  AvgDiffOptions options;
  if (comparison.dataset.items > kExactItems) options.samples = kSampledPairs;
  for (const std::string& label : difference_methods(own)) {
    const MethodResult* method = comparison.find(run_label(label, own));
    if (method == nullptr || comparison.dataset.modalities.empty()) continue;
    for (const Run& run : method->runs) {
      if (run.state != Run::State::done) continue;
      if (should_stop) fail<Interrupted>("interrupted");
      const std::filesystem::path file = run.folder / "avg_diff.json";
      const auto compute = [&] {
        if (!dataset) dataset = load();
        std::map<std::string, double> values;
        const artifact::Artifact artifact = artifact::Artifact::open(run.folder / "model");
        for (const ModalityDifference& m : average_differences(pool, artifact, *dataset, options)) {
          values.emplace(m.modality, m.estimate.mean);
        }
        files::write_file(file, detail::dump(values));
      };
      const auto is_computed = [&] { return std::filesystem::exists(file); };
      if (share != nullptr) {
        const std::string work =
            fmt::format("avg-diff/{}/{}", slug(comparison.dataset.name), run.folder.filename().string());
        share->once(work, is_computed, compute, should_stop);
      } else if (!is_computed()) {
        compute();
      }
      for (const auto& [modality, value] : read_differences(file)) {
        observations.methods[label].values[fmt::format("{} {}", kEveryDifference, modality)].seeds.push_back(value);
      }
    }
  }
}

}  // namespace monet::experiments::paper
