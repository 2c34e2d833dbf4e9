#include "monet/experiments/sweep.h"

#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/experiments/folder_kinds.h"
#include "monet/experiments/results_folder.h"
#include "monet/experiments/sweep_document.h"
#include "monet/models/model.h"

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
    sweep_.command = options.command;
    sweep_.options = options;
    const std::vector<OptionValues> settings =
        options.random > 0 ? draw_combinations(options.grid, options.random, options.seed) : combinations(options.grid);
    for (const OptionValues& values : settings) plan(dataset, values);
    dataset.modalities.clear();
  }

  Sweep run() {
    const ResultsFolder folder(options_, sweep_folder(), "monet-sweep", sweep_.dataset, settings_);
    observer_.on_start(lines(folder));
    ExperimentOptions experiment = options_;
    experiment.run.keep_models = true;
    do_runs(experiment, planned_, bytes_, folder.lock(), observer_, should_stop_,
            [this](const std::vector<Run>& runs) { take(runs); });
    if (sweep_.best && sweep_.dataset.test > 0) test(folder);
    sweep_.complete = true;
    write();
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
    lines.push_back(fmt::format("{} trials of {} on {}, {} at a time, {} thread{} each; chosen by {} on validation",
                                planned_.size(), options_.method.label, sweep_.dataset.name, options_.parallel,
                                options_.run.threads, options_.run.threads == 1 ? "" : "s", options_.metric));
    if (folder.resumed()) lines.push_back(fmt::format("going on with what {} holds", options_.out.string()));
    return lines;
  }

  double value(const Trial& trial) const { return trial.run.validation.at(options_.metric); }

  void take(const std::vector<Run>& runs) {
    sweep_.best.reset();
    for (std::size_t n = 0; n < runs.size(); ++n) {
      Trial& trial = sweep_.trials[n];
      trial.run = runs[n];
      if (trial.run.state != Run::State::done) continue;
      if (!sweep_.best || value(trial) > value(sweep_.trials[*sweep_.best])) sweep_.best = n;
    }
    write();
    if (!options_.run.keep_models) remove_others();
  }

  /// The artifacts of finished trials that are not the best.
  void remove_others() const {
    for (std::size_t n = 0; n < sweep_.trials.size(); ++n) {
      if (sweep_.trials[n].run.state == Run::State::done && n != sweep_.best) {
        fs::remove_all(sweep_.trials[n].run.folder / "model");
      }
    }
  }

  void test(const ResultsFolder& folder) {
    const RunSpec& spec = planned_[*sweep_.best].spec;
    if (!fs::exists(spec.folder / "test.json")) {
      const std::vector<Job> jobs{make_test_job(spec, options_.run)};
      Outcome outcome;
      run_jobs({options_.run.program, 1, 0, {folder.lock()}}, jobs, outcome, should_stop_);
      if (!outcome.end().done) {
        fail<IoError>("{}: the best trial could not be evaluated: {}", spec.folder.string(), outcome.end().error);
      }
    }
    sweep_.test = read_test(spec);
    sweep_.trials[*sweep_.best].run.test = sweep_.test;
  }

  void write() const {
    if (sweep_.best) files::write_file(options_.out / "best.toml", best_toml(sweep_));
    files::write_file(options_.out / "sweep.md", to_markdown(sweep_));
    files::write_file(options_.out / "sweep.json", to_json(sweep_, settings_));
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
