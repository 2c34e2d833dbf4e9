#include "monet/experiments/sweep.h"

#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/memory.h"
#include "monet/experiments/detail/json.h"
#include "monet/experiments/folder_kinds.h"
#include "monet/experiments/race/entrant_json.h"
#include "monet/experiments/race/race.h"
#include "monet/experiments/results_folder.h"
#include "monet/experiments/sharing/share.h"
#include "monet/experiments/sharing/work_folder.h"
#include "monet/experiments/sweep_document.h"
#include "monet/models/registry.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace monet::experiments {

namespace fs = std::filesystem;

namespace {

/// Tells what a job came to.
class Outcome : public JobObserver {
 public:
  void on_end(std::size_t /*job*/, const JobEnd& end) override { end_ = end; }
  const JobEnd& end() const { return end_; }

 private:
  JobEnd end_;
};

class Sweeping {
 public:
  Sweeping(data::Dataset& dataset, const SweepOptions& options, ExperimentObserver& observer,
           const std::atomic<bool>& should_stop)
      : options_(options), observer_(observer), should_stop_(should_stop), settings_(common_settings(options.run)) {
    sweep_.dataset = describe(dataset);
    check();
    settings_.emplace_back("method", options.method.label);
    settings_.emplace_back("seed", fmt::format("{}", options.seed));
    settings_.emplace_back("metric", options.metric);
    if (options.race_minutes > 0.0) settings_.emplace_back("race", "on");
    sweep_.command = options.command;
    sweep_.options = options;
    const std::vector<OptionValues> settings =
        options.random > 0 ? draw_combinations(options.grid, options.random, options.seed) : combinations(options.grid);
    for (const OptionValues& values : settings) plan(dataset, values);
    dataset.modalities.clear();
  }

  Sweep run() {
    if (options_.race_minutes > 0.0) require_alone(options_, "a race (`race`) is run by one process");
    const ResultsFolder folder(options_, sweep_folder(), "monet-sweep", sweep_.dataset, settings_, agreed(),
                               should_stop_);
    observer_.on_start(lines(folder));
    ExperimentOptions experiment = options_;
    experiment.run.keep_models = true;
    if (options_.race_minutes > 0.0) {
      race(folder, experiment.run);
    } else {
      do_runs(experiment, planned_, bytes_, folder, observer_, should_stop_,
              [&](const std::vector<Run>& runs) { take(folder, runs); });
    }
    if (sweep_.best && sweep_.dataset.test > 0) test(folder);
    sweep_.complete = true;
    write(folder);
    return std::move(sweep_);
  }

 private:
  void check() const {
    const std::string data = options_.run.data.string();
    if (sweep_.dataset.validation == 0) {
      fail<InvalidArgument>("{}: has no validation split, and a sweep chooses by it", data);
    }
    if (sweep_.dataset.modalities.empty() && models::needs_features(settings_of(options_.method).model)) {
      fail<InvalidArgument>("{}: has no item features, and {} needs some; add *_feat.npy files", data,
                            options_.method.label);
    }
  }

  void race(const ResultsFolder& folder, const RunSettings& run) {
    constexpr double kSecondsPerMinute = 60.0;
    for (std::size_t n = 0; n < planned_.size(); ++n) {
      race::Entrant entrant;
      entrant.name = planned_[n].name;
      entrant.family = options_.method.model;
      entrant.spec = planned_[n].spec;
      entrant.trained = models::registration(options_.method.model).trained;
      entrant.bytes = bytes_[n];
      sweep_.race.push_back(std::move(entrant));
    }
    if (folder.resumed()) take_up();
    const race::Budget budget(kSecondsPerMinute * options_.race_minutes, sweep_.used_seconds);
    race::RaceOptions racing;
    racing.run = run;
    racing.metric = options_.metric;
    racing.processors = options_.parallel * options_.run.threads;
    racing.memory = available_memory();
    racing.until = budget.total();
    racing.lock = folder.lock();
    const auto changed = [&] {
      sweep_.used_seconds = budget.used();
      std::vector<Run> runs;
      for (const race::Entrant& entrant : sweep_.race) runs.push_back(entrant.run);
      take(folder, runs);
    };
    changed();
    try {
      race::run_race(sweep_.race, racing, budget, {observer_, should_stop_, changed});
    } catch (...) {
      changed();
      throw;
    }
    changed();
  }

  /// Restores the race of an earlier call.
  void take_up() {
    const fs::path file = options_.out / "sweep.json";
    const detail::Json json = detail::read_json(file);
    try {
      json.at("used_seconds").get_to(sweep_.used_seconds);
      race::take_up(sweep_.race, json.at("race"));
    } catch (const nlohmann::json::exception& error) {
      fail<DataError>("{}: damaged: {}; `force` starts over", file.string(), error.what());
    }
  }

  void plan(const data::Dataset& dataset, const OptionValues& values) {
    bytes_.push_back(estimated_bytes(dataset, settings_of(options_.method, options_.run.training, values).model));
    RunSpec spec;
    spec.method = options_.method;
    spec.tuned = values;
    spec.seed = options_.seed;
    spec.test = false;
    spec.data_hash = sweep_.dataset.hash;
    const std::string name = values.empty() ? "defaults" : make_method("", values).label.substr(1);
    spec.folder = options_.out / "runs" / slug(name);
    planned_.push_back({name, std::move(spec)});
    sweep_.trials.push_back({values, {}});
  }

  std::vector<std::string> lines(const ResultsFolder& folder) const {
    std::vector<std::string> lines;
    const std::string how = options_.race_minutes > 0.0
                                ? fmt::format("in a race of {:.3g} minutes", options_.race_minutes)
                                : fmt::format("{} at a time, {} thread{} each", options_.parallel, options_.run.threads,
                                              options_.run.threads == 1 ? "" : "s");
    lines.push_back(fmt::format("{} trials of {} on {}, {}; chosen by {} on validation", planned_.size(),
                                options_.method.label, sweep_.dataset.name, how, options_.metric));
    if (folder.resumed()) lines.push_back(fmt::format("going on with what {} holds", options_.out.string()));
    return lines;
  }

  /// What those who share the folder must have in common.
  Settings agreed() const {
    std::vector<std::string> names;
    for (const PlannedRun& run : planned_) names.push_back(run.name);
    return {{"trials", fmt::format("{}", fmt::join(names, ";"))},
            {"keep-models", options_.run.keep_models ? "on" : "off"}};
  }

  double value(const Trial& trial) const { return trial.run.validation.at(options_.metric); }

  void take(const ResultsFolder& folder, const std::vector<Run>& runs) {
    sweep_.best.reset();
    for (std::size_t n = 0; n < runs.size(); ++n) {
      Trial& trial = sweep_.trials[n];
      trial.run = runs[n];
      if (trial.run.state != Run::State::done || (!sweep_.race.empty() && !sweep_.race[n].stands())) continue;
      if (!sweep_.best || value(trial) > value(sweep_.trials[*sweep_.best])) sweep_.best = n;
    }
    if (folder.share() == nullptr || any_left(runs)) write(folder);
    if (!options_.run.keep_models && sweep_.race.empty()) remove_others();
  }

  /// The artifacts of finished trials that are not the best.
  void remove_others() const {
    for (std::size_t n = 0; n < sweep_.trials.size(); ++n) {
      if (sweep_.trials[n].run.state == Run::State::done && n != sweep_.best) {
        sharing::remove_together(sweep_.trials[n].run.folder / "model");
      }
    }
  }

  void test(const ResultsFolder& folder) {
    const RunSpec& spec = planned_[*sweep_.best].spec;
    const auto evaluate = [&] {
      const std::vector<Job> jobs{make_test_job(spec, options_.run)};
      Outcome outcome;
      run_jobs({options_.run.program, 1, 0, {folder.lock()}}, jobs, outcome, should_stop_);
      if (!outcome.end().done) {
        fail<IoError>("{}: the best trial could not be evaluated: {}", spec.folder.string(), outcome.end().error);
      }
    };
    const auto is_evaluated = [&] { return fs::exists(spec.folder / "test.json"); };
    if (folder.share() != nullptr) {
      folder.share()->once("test", is_evaluated, evaluate, should_stop_);
    } else if (!is_evaluated() || !sweep_.race.empty()) {
      evaluate();
    }
    sweep_.test = read_metrics(spec.folder, true);
    sweep_.trials[*sweep_.best].run.test = sweep_.test;
  }

  void write(const ResultsFolder& folder) const {
    folder.write([this](const fs::path& to) {
      if (sweep_.best) files::write_file(to / "best.toml", best_toml(sweep_));
      files::write_file(to / "sweep.md", to_markdown(sweep_));
      files::write_file(to / "sweep.json", to_json(sweep_, settings_));
    });
  }

  const SweepOptions& options_;
  ExperimentObserver& observer_;
  const std::atomic<bool>& should_stop_;
  Settings settings_;
  std::vector<std::uint64_t> bytes_;  // of each trial
  std::vector<PlannedRun> planned_;
  Sweep sweep_;
};

}  // namespace

Sweep sweep(data::Dataset dataset, const SweepOptions& options, ExperimentObserver& observer,
            const std::atomic<bool>& should_stop) {
  return Sweeping(dataset, options, observer, should_stop).run();
}

}  // namespace monet::experiments
