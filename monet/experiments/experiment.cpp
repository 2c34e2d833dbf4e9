#include "monet/experiments/experiment.h"

#include "monet/core/error.h"
#include "monet/core/memory.h"
#include "monet/experiments/last_line.h"
#include "monet/experiments/results_folder.h"
#include "monet/experiments/sharing/shared_runs.h"
#include "monet/models/model.h"
#include "monet/train/plan.h"

#include <algorithm>
#include <utility>

namespace monet::experiments {

namespace {

/// Sees to it that what a job left is taken up, and tells the observer.
class Follower : public JobObserver {
 public:
  Follower(const ExperimentOptions& options, const std::vector<PlannedRun>& planned, ExperimentObserver& observer,
           const std::function<void(const std::vector<Run>&)>& finished)
      : options_(options), planned_(planned), observer_(observer), finished_(finished), runs_(planned.size()) {
    for (std::size_t n = 0; n < planned.size(); ++n) {
      const RunSpec& spec = planned[n].spec;
      if (auto run = read_run(spec)) {
        runs_[n] = std::move(*run);
        ++done_;
        continue;
      }
      runs_[n].seed = spec.seed;
      runs_[n].folder = spec.folder;
      missing_.push_back(n);
    }
  }

  std::vector<Job> jobs(const std::vector<std::uint64_t>& bytes) {
    for (const std::size_t n : missing_) {
      jobs_.push_back(make_job(planned_[n].spec, options_.run));
      jobs_.back().bytes = bytes[n];
    }
    return jobs_;
  }

  std::vector<Run>& runs() { return runs_; }

  void on_start(std::size_t job) override { observer_.on_run_start(planned_[missing_[job]].name); }

  void on_wait(std::span<const JobState> running) override {
    std::vector<RunningRun> states;
    for (const JobState& state : running) {
      states.push_back({planned_[missing_[state.job]].name, state.seconds, last_line(state.error_log)});
    }
    observer_.on_progress(done_, planned_.size(), states);
  }

  void on_end(std::size_t job, const JobEnd& end) override {
    const std::size_t n = missing_[job];
    runs_[n] = finish_run(planned_[n].spec, options_.run, end);
    ++done_;
    observer_.on_run_end(planned_[n].name, runs_[n]);
    finished_(runs_);
  }

 private:
  const ExperimentOptions& options_;
  const std::vector<PlannedRun>& planned_;
  ExperimentObserver& observer_;
  const std::function<void(const std::vector<Run>&)>& finished_;
  std::vector<std::size_t> missing_;
  std::vector<Job> jobs_;
  std::vector<Run> runs_;
  std::size_t done_ = 0;
};

}  // namespace

DatasetInfo describe(const data::Dataset& dataset) {
  DatasetInfo info;
  info.name = dataset.name;
  info.path = dataset.path;
  info.hash = dataset.hash;
  info.users = dataset.num_users();
  info.items = dataset.num_items();
  info.train = dataset.train.nnz();
  info.validation = dataset.validation.nnz();
  info.test = dataset.test.nnz();
  for (const data::Modality& modality : dataset.modalities) info.modalities.push_back(modality.name);
  return info;
}

std::uint64_t estimated_bytes(const data::Dataset& dataset, const models::ModelOptions& model) {
  Index features = 0;
  for (const data::Modality& modality : dataset.modalities) features += modality.features.size();
  constexpr std::uint64_t kBytesPerInteraction = 16;
  constexpr std::uint64_t kBytesPerName = 64;
  const auto interactions = dataset.train.nnz() + dataset.validation.nnz() + dataset.test.nnz();
  return train::estimated_bytes(dataset, model) + sizeof(float) * static_cast<std::uint64_t>(features) +
         kBytesPerInteraction * static_cast<std::uint64_t>(interactions) +
         kBytesPerName * static_cast<std::uint64_t>(dataset.num_users() + dataset.num_items());
}

void require_alone(const ExperimentOptions& options, std::string_view what) {
  if (options.shared) fail<InvalidArgument>("`shared`: {}; leave it out", what);
}

std::vector<Run> do_runs(const ExperimentOptions& options, const std::vector<PlannedRun>& planned,
                         const std::vector<std::uint64_t>& bytes, const ResultsFolder& folder,
                         ExperimentObserver& observer, const std::atomic<bool>& should_stop,
                         const std::function<void(const std::vector<Run>&)>& finished) {
  if (sharing::Share* share = folder.share()) {
    return sharing::do_shared_runs(options, planned, bytes, folder.lock(), *share, observer, should_stop, finished);
  }
  Follower follower(options, planned, observer, finished);
  finished(follower.runs());
  const SchedulerOptions scheduler{options.run.program, options.parallel, available_memory(), {folder.lock()}};
  run_jobs(scheduler, follower.jobs(bytes), follower, should_stop);
  return std::move(follower.runs());
}

bool any_left(const std::vector<Run>& runs) {
  return std::any_of(runs.begin(), runs.end(), [](const Run& run) { return run.state == Run::State::not_run; });
}

}  // namespace monet::experiments
