#include "monet/experiments/sharing/shared_runs.h"

#include "monet/core/error.h"
#include "monet/core/memory.h"
#include "monet/experiments/last_line.h"
#include "monet/experiments/sharing/work_folder.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace monet::experiments::sharing {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

/// A run of the plan, as far as this process knows it.
struct Known {
  std::string work;  // its place in the results folder, by which it is claimed
  Run run;
  bool ended = false;
  std::optional<Claim> claim;  // while we make it
  Clock::time_point looked;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

class Together : public JobObserver {
 public:
  Together(const ExperimentOptions& options, const std::vector<PlannedRun>& planned, Share& share,
           ExperimentObserver& observer, const std::function<void(const std::vector<Run>&)>& finished)
      : options_(options),
        planned_(planned),
        share_(share),
        observer_(observer),
        finished_(finished),
        look_every_(std::min(1.0, options.claim_timeout / 12.0)),
        known_(planned.size()) {
    for (std::size_t n = 0; n < planned.size(); ++n) {
      known_[n].work = planned[n].spec.folder.lexically_relative(options.out).generic_string();
      known_[n].run.seed = planned[n].spec.seed;
      known_[n].run.folder = planned[n].spec.folder;
      look(n);
    }
    begun_ = true;
  }

  /// Those that have not ended.
  const std::vector<Job>& jobs(const std::vector<std::uint64_t>& bytes) {
    jobs_.clear();
    open_.clear();
    for (std::size_t n = 0; n < known_.size(); ++n) {
      if (known_[n].ended) continue;
      open_.push_back(n);
      jobs_.emplace_back().bytes = bytes[n];
    }
    return jobs_;
  }

  std::vector<Run> runs() const {
    std::vector<Run> runs;
    for (const Known& known : known_) runs.push_back(known.run);
    return runs;
  }

  /// Hands on how things stand, as they stand now for all.
  void tell() {
    for (std::size_t n = 0; n < known_.size(); ++n) look(n);
    finished_(runs());
  }

  bool still_wanted(std::size_t job) override { return !known_[open_[job]].ended; }

  bool is_ready(std::size_t job) override {
    const std::size_t n = open_[job];
    if (!is_due(n)) return false;
    look(n);
    if (known_[n].ended) return false;
    const auto claim = share_.claims().take(known_[n].work);
    if (!claim) return false;
    if (!take_up(share_.folder(), *claim, planned_[n].spec.folder)) {
      share_.claims().remove(known_[n].work);
      return false;  // it is there by now: the next look sees it
    }
    known_[n].claim = claim;
    waiting_ = false;
    jobs_[job] = make_job(spec_at_work(n), options_.run);
    return true;
  }

  bool goes_on(std::size_t job) override {
    Known& known = known_[open_[job]];
    if (!is_due(open_[job]) || share_.claims().holds(*known.claim)) return true;
    lose(open_[job]);
    return false;
  }

  void on_start(std::size_t job) override { observer_.on_run_start(planned_[open_[job]].name); }

  void on_wait(std::span<const JobState> running) override {
    share_.self().require_membership();
    std::vector<RunningRun> states;
    for (const JobState& state : running) {
      states.push_back({planned_[open_[state.job]].name, state.seconds, last_line(state.error_log)});
    }
    const auto is_over = [](const Known& known) { return known.ended; };
    const auto done = static_cast<std::size_t>(std::count_if(known_.begin(), known_.end(), is_over));
    if (running.empty() && done < known_.size() && !std::exchange(waiting_, true)) {
      observer_.on_line(fmt::format("waiting for {} run{} of other processes", known_.size() - done,
                                    known_.size() - done == 1 ? "" : "s"));
    }
    observer_.on_progress(done, known_.size(), states);
  }

  void on_end(std::size_t job, const JobEnd& end) override {
    const std::size_t n = open_[job];
    Known& known = known_[n];
    if (!end_run(n, end)) {
      lose(n);
      return;
    }
    known.ended = true;
    known.claim.reset();
    observer_.on_run_end(planned_[n].name, known.run);
    tell();
  }

 private:
  bool is_due(std::size_t n) {
    const Clock::time_point now = Clock::now();
    if (std::chrono::duration<double>(now - known_[n].looked).count() < look_every_) return false;
    known_[n].looked = now;
    return true;
  }

  /// Notes and says where another process has ended it.
  void look(std::size_t n) {
    Known& known = known_[n];
    if (known.ended || known.claim) return;
    if (auto run = read_run(planned_[n].spec)) {
      known.run = std::move(*run);
      known.ended = true;
    } else if (Standing standing = share_.claims().look(known.work); standing.state == Standing::State::failed) {
      known.run.state = Run::State::failed;
      known.run.error = std::move(standing.error);
      known.run.peak_bytes = standing.peak_bytes;
      known.ended = true;
    }
    if (!known.ended || !begun_) return;
    const char* how = known.run.state == Run::State::done ? "done" : "failed";
    observer_.on_line(fmt::format("{}: {} by another process", planned_[n].name, how));
  }

  RunSpec spec_at_work(std::size_t n) const {
    RunSpec spec = planned_[n].spec;
    spec.folder = work_folder(share_.folder(), *known_[n].claim);
    return spec;
  }

  /// Gives the run its place; false where it was taken over.
  bool end_run(std::size_t n, const JobEnd& end) {
    Known& known = known_[n];
    Claims& claims = share_.claims();
    if (!claims.holds(*known.claim)) return false;
    const RunSpec at_work = spec_at_work(n);
    const RunSpec& spec = planned_[n].spec;
    try {
      known.run = finish_run(at_work, options_.run, end);
      rename_tasks(spec, options_.run, at_work.folder);
    } catch (const IoError&) {
      if (claims.holds(*known.claim)) throw;
      return false;  // the folder was taken from us meanwhile
    }
    known.run.folder = spec.folder;
    known.run.error = replaced(known.run.error, at_work.folder.string(), spec.folder.string());
    if (!publish(at_work.folder, spec.folder)) return false;
    if (known.run.state == Run::State::done) {
      claims.remove(known.work);
    } else {
      claims.note_failure(*known.claim, known.run.error, known.run.peak_bytes);
    }
    return true;
  }

  void lose(std::size_t n) {
    known_[n].claim.reset();
    known_[n].run = {};
    known_[n].run.seed = planned_[n].spec.seed;
    known_[n].run.folder = planned_[n].spec.folder;
    observer_.on_line(fmt::format("{}: another process has taken it over, as this one stood still", planned_[n].name));
  }

  const ExperimentOptions& options_;
  const std::vector<PlannedRun>& planned_;
  Share& share_;
  ExperimentObserver& observer_;
  const std::function<void(const std::vector<Run>&)>& finished_;
  double look_every_;  // seconds
  std::vector<Known> known_;
  std::vector<std::size_t> open_;  // run of each job
  std::vector<Job> jobs_;
  bool begun_ = false;
  bool waiting_ = false;  // and has said so
};

}  // namespace

std::vector<Run> do_shared_runs(const ExperimentOptions& options, const std::vector<PlannedRun>& planned,
                                const std::vector<std::uint64_t>& bytes, int lock, Share& share,
                                ExperimentObserver& observer, const std::atomic<bool>& should_stop,
                                const std::function<void(const std::vector<Run>&)>& finished) {
  Together together(options, planned, share, observer, finished);
  together.tell();
  const SchedulerOptions scheduler{options.run.program, options.parallel, available_memory(), {lock}};
  while (!together.jobs(bytes).empty()) run_jobs(scheduler, together.jobs(bytes), together, should_stop);
  together.tell();
  return together.runs();
}

}  // namespace monet::experiments::sharing
