#include "monet/experiments/automatic/batch.h"

#include "monet/experiments/last_line.h"

#include <utility>

namespace monet::experiments::automatic {

namespace {

class Batch : public JobObserver {
 public:
  Batch(const std::vector<std::string>& names, ExperimentObserver& observer)
      : names_(names), observer_(observer), ends_(names.size()) {}

  void on_wait(std::span<const JobState> running) override {
    std::vector<RunningRun> states;
    for (const JobState& state : running) {
      states.push_back({names_[state.job], state.seconds, last_line(state.error_log)});
    }
    observer_.on_progress(done_, names_.size(), states);
  }

  void on_end(std::size_t job, const JobEnd& end) override {
    ends_[job] = end;
    ++done_;
  }

  std::vector<JobEnd>& ends() { return ends_; }

 private:
  const std::vector<std::string>& names_;
  ExperimentObserver& observer_;
  std::vector<JobEnd> ends_;
  std::size_t done_ = 0;
};

}  // namespace

std::vector<JobEnd> run_batch(const SchedulerOptions& options, std::vector<NamedJob> jobs, ExperimentObserver& observer,
                              const std::atomic<bool>& should_stop) {
  std::vector<std::string> names;
  std::vector<Job> plain;
  for (NamedJob& named : jobs) {
    names.push_back(std::move(named.name));
    plain.push_back(std::move(named.job));
  }
  Batch batch(names, observer);
  run_jobs(options, plain, batch, should_stop);
  return std::move(batch.ends());
}

}  // namespace monet::experiments::automatic
