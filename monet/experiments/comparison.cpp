#include "monet/experiments/comparison.h"

#include "monet/core/error.h"
#include "monet/eval/metric_name.h"
#include "monet/experiments/comparison_documents.h"
#include "monet/experiments/detail/paired_tests.h"
#include "monet/experiments/folder_kinds.h"
#include "monet/experiments/grid.h"
#include "monet/experiments/results_folder.h"
#include "monet/models/model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace monet::experiments {

namespace {

constexpr const char* kTuningMetric = "recall@20";

Summary summarise(std::vector<double> values) {
  Summary summary;
  const auto n = static_cast<double>(values.size());
  if (values.empty()) return summary;
  summary.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  if (values.size() > 1) {
    double squares = 0.0;
    for (const double x : values) squares += (x - summary.mean) * (x - summary.mean);
    summary.sd = std::sqrt(squares / (n - 1.0));
  }
  summary.values = std::move(values);
  return summary;
}

std::map<std::string, Summary> summarise(const std::vector<Run>& runs, std::map<std::string, double> Run::*split) {
  std::map<std::string, std::vector<double>> values;
  for (const Run& run : runs) {
    for (const auto& [name, value] : run.*split) values[name].push_back(value);
  }
  std::map<std::string, Summary> summaries;
  for (auto& [name, list] : values) summaries[name] = summarise(std::move(list));
  return summaries;
}

void check(const CompareOptions& options, const DatasetInfo& dataset) {
  if (options.methods.empty()) fail<InvalidArgument>("[compare] no method is given");
  if (options.seeds.empty()) fail<InvalidArgument>("[compare] no seed is given");
  if (dataset.test == 0) {
    fail<InvalidArgument>("{}: has no test split, and a comparison is made on one", options.run.data.string());
  }
  if (options.tune > 0 && dataset.validation == 0) {
    fail<InvalidArgument>("{}: has no validation split to tune on; leave `tune` out", options.run.data.string());
  }
  for (const auto& tuned : options.tuned_as) {
    const auto is_it = [&](const Method& method) { return method.label == tuned.second; };
    if (std::any_of(options.methods.begin(), options.methods.end(), is_it)) continue;
    fail<InvalidArgument>("[compare] {} is to be tuned as {}, which is not compared", tuned.first, tuned.second);
  }
  if (!dataset.modalities.empty()) return;
  for (const Method& method : options.methods) {
    if (!models::needs_features(settings_of(method).model)) continue;
    fail<InvalidArgument>("{}: has no item features, and {} needs some; leave it out, or add *_feat.npy files",
                          options.run.data.string(), method.label);
  }
}

class Comparing {
 public:
  Comparing(data::Dataset& dataset, const CompareOptions& options, ExperimentObserver& observer,
            const std::atomic<bool>& should_stop)
      : options_(options), observer_(observer), should_stop_(should_stop), settings_(common_settings(options.run)) {
    comparison_.dataset = describe(dataset);
    check(options, comparison_.dataset);
    settings_.emplace_back("tuning trials", fmt::format("{}", options.tune));
    comparison_.command = options.command;
    comparison_.primary = primary_metric(options.run.ks);
    comparison_.seeds = options.seeds;
    comparison_.tune = options.tune;
    for (const Method& method : options.methods) {
      comparison_.methods.emplace_back().method = method;
      bytes_.push_back(estimated_bytes(dataset, settings_of(method, options.run.training).model));
    }
    dataset.modalities.clear();
  }

  Comparison run() {
    const ResultsFolder folder(options_, comparison_folder(), "monet-comparison", comparison_.dataset, settings_,
                               agreed(), should_stop_);
    observer_.on_start(lines(folder));
    if (options_.tune > 0) tune(folder);
    make_runs(folder);
    add_paired_tests(comparison_);
    comparison_.complete = true;
    write(folder);
    return std::move(comparison_);
  }

 private:
  std::vector<std::string> lines(const ResultsFolder& folder) const {
    std::vector<std::string> lines;
    lines.push_back(fmt::format("{} method{} x {} seed{} on {}, {} at a time, {} thread{} each",
                                options_.methods.size(), options_.methods.size() == 1 ? "" : "s", options_.seeds.size(),
                                options_.seeds.size() == 1 ? "" : "s", comparison_.dataset.name, options_.parallel,
                                options_.run.threads, options_.run.threads == 1 ? "" : "s"));
    if (folder.resumed()) lines.push_back(fmt::format("going on with what {} holds", options_.out.string()));
    return lines;
  }

  /// What those who share the folder must have in common: theirs is one table.
  Settings agreed() const {
    if (!options_.agreed.empty()) return options_.agreed;
    std::vector<std::string> labels;
    for (const Method& method : options_.methods) labels.push_back(method.label);
    return {{"models", fmt::format("{}", fmt::join(labels, ";"))},
            {"seeds", fmt::format("{}", fmt::join(options_.seeds, ","))},
            {"keep-models", options_.run.keep_models ? "on" : "off"}};
  }

  /// How things stand. Where others share the folder, the last word is left to the complete tables.
  void write_so_far(const ResultsFolder& folder, const std::vector<Run>& runs) const {
    if (folder.share() == nullptr || any_left(runs)) write(folder);
  }

  void write(const ResultsFolder& folder) const {
    folder.write(
        [this](const std::filesystem::path& to) { write_documents(comparison_, settings_, options_.out, to); });
    if (options_.follow) options_.follow(comparison_);
  }

  RunSpec spec_of(const MethodResult& result, std::uint64_t seed) const {
    RunSpec spec;
    spec.method = result.method;
    spec.tuned = result.tuned;
    spec.seed = seed;
    spec.validate = comparison_.dataset.validation > 0;
    spec.data_hash = comparison_.dataset.hash;
    return spec;
  }

  /// Plans trials of every method, does them, and gives each method the options of its best, or of another's.
  void tune(const ResultsFolder& folder) {
    std::vector<PlannedRun> planned;
    std::vector<std::uint64_t> bytes;
    std::vector<std::size_t> owner;
    for (std::size_t m = 0; m < comparison_.methods.size(); ++m) {
      MethodResult& result = comparison_.methods[m];
      if (options_.tuned_as.contains(result.method.label)) continue;
      const Grid grid = options_.grid.empty() ? free_grid(result.method, options_.run.training)
                                              : free_grid(options_.grid, result.method, options_.run.training);
      if (grid.empty()) continue;
      for (const OptionValues& values : draw_combinations(grid, options_.tune, options_.seeds.front())) {
        RunSpec spec = spec_of(result, options_.seeds.front());
        spec.tuned = values;
        spec.test = false;
        const std::string name = make_method("", values).label.substr(1);
        spec.folder = options_.out / "trials" / slug(result.method.label) / slug(name);
        result.trials.push_back({values, {}});
        planned.push_back({fmt::format("{}, trial {}", result.method.label, name), std::move(spec)});
        bytes.push_back(bytes_[m]);
        owner.push_back(m);
      }
    }
    const auto take = [&](const std::vector<Run>& runs) {
      std::vector<std::size_t> next(comparison_.methods.size(), 0);
      for (std::size_t n = 0; n < runs.size(); ++n)
        comparison_.methods[owner[n]].trials[next[owner[n]]++].run = runs[n];
      write_so_far(folder, runs);
    };
    ExperimentOptions experiment = options_;
    experiment.run.keep_models = false;
    do_runs(experiment, planned, bytes, folder, observer_, should_stop_, take);
    for (MethodResult& result : comparison_.methods) choose(result);
    for (MethodResult& result : comparison_.methods) {
      const auto as = options_.tuned_as.find(result.method.label);
      if (as != options_.tuned_as.end()) result.tuned = find(as->second).tuned;
    }
  }

  MethodResult& find(std::string_view label) {
    return *std::find_if(comparison_.methods.begin(), comparison_.methods.end(),
                         [&](const MethodResult& result) { return result.method.label == label; });
  }

  static void choose(MethodResult& result) {
    const Trial* best = nullptr;
    const auto value = [](const Trial& trial) { return trial.run.validation.at(kTuningMetric); };
    for (const Trial& trial : result.trials) {
      if (trial.run.state != Run::State::done) continue;
      if (best == nullptr || value(trial) > value(*best)) best = &trial;
    }
    if (best != nullptr) result.tuned = best->options;
  }

  /// Seed by seed, so that an interrupted comparison has something of every method.
  void make_runs(const ResultsFolder& folder) {
    std::vector<PlannedRun> planned;
    std::vector<std::uint64_t> bytes;
    std::vector<std::size_t> owner;
    for (std::size_t s = 0; s < options_.seeds.size(); ++s) {
      for (std::size_t m = 0; m < comparison_.methods.size(); ++m) {
        const MethodResult& result = comparison_.methods[m];
        const auto fewer = options_.fewer_seeds.find(result.method.label);
        if (fewer != options_.fewer_seeds.end() && s >= fewer->second) continue;
        const std::uint64_t seed = options_.seeds[s];
        RunSpec spec = spec_of(result, seed);
        spec.folder = options_.out / "runs" / fmt::format("{}-seed{}", slug(result.method.label), seed);
        planned.push_back({fmt::format("{}, seed {}", result.method.label, seed), std::move(spec)});
        bytes.push_back(bytes_[m]);
        owner.push_back(m);
      }
    }
    const auto take = [&](const std::vector<Run>& runs) {
      std::vector<std::vector<Run>> own(comparison_.methods.size());
      for (std::size_t n = 0; n < runs.size(); ++n) own[owner[n]].push_back(runs[n]);
      for (std::size_t m = 0; m < own.size(); ++m) comparison_.methods[m].take_up(std::move(own[m]));
      write_so_far(folder, runs);
    };
    do_runs(options_, planned, bytes, folder, observer_, should_stop_, take);
  }

  const CompareOptions& options_;
  ExperimentObserver& observer_;
  const std::atomic<bool>& should_stop_;
  Settings settings_;
  std::vector<std::uint64_t> bytes_;  // of each method
  Comparison comparison_;
};

}  // namespace

void MethodResult::take_up(std::vector<Run> all) {
  runs = std::move(all);
  metrics = summarise(runs, &Run::test);
  validation = summarise(runs, &Run::validation);
  std::vector<double> times;
  for (const Run& run : runs) {
    if (run.state != Run::State::done) continue;
    times.push_back(run.seconds);
    peak_bytes = std::max(peak_bytes, run.peak_bytes);
  }
  seconds = summarise(std::move(times));
}

std::string_view MethodResult::state() const {
  const auto count = [&](Run::State state) {
    return std::count_if(runs.begin(), runs.end(), [&](const Run& run) { return run.state == state; });
  };
  const auto done = count(Run::State::done);
  if (!runs.empty() && done == static_cast<std::ptrdiff_t>(runs.size())) return "done";
  if (done > 0) return "partial";
  return count(Run::State::failed) > 0 ? "failed" : "not run";
}

std::vector<std::uint64_t> MethodResult::cut_off() const {
  std::vector<std::uint64_t> seeds;
  for (const Run& run : runs) {
    if (run.state == Run::State::done && !run.ended_by.empty()) seeds.push_back(run.seed);
  }
  return seeds;
}

std::string_view MethodResult::error() const {
  for (const Run& run : runs) {
    if (run.state == Run::State::failed) return run.error;
  }
  for (const Trial& trial : trials) {
    if (trial.run.state == Run::State::failed) return trial.run.error;
  }
  return "";
}

const MethodResult* Comparison::find(std::string_view label) const {
  const auto found = std::find_if(methods.begin(), methods.end(),
                                  [&](const MethodResult& result) { return result.method.label == label; });
  return found == methods.end() ? nullptr : &*found;
}

std::string primary_metric(const std::vector<Index>& ks) {
  constexpr Index kUsual = 20;
  const bool usual = ks.empty() || std::find(ks.begin(), ks.end(), kUsual) != ks.end();
  return eval::at_k("recall", usual ? kUsual : *std::max_element(ks.begin(), ks.end()));
}

Comparison compare(data::Dataset dataset, const CompareOptions& options, ExperimentObserver& observer,
                   const std::atomic<bool>& should_stop) {
  return Comparing(dataset, options, observer, should_stop).run();
}

}  // namespace monet::experiments
