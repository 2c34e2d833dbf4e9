#include "monet/experiments/scheduler.h"

#include "monet/core/error.h"
#include "monet/experiments/last_line.h"
#include "monet/experiments/process.h"

#include <algorithm>
#include <chrono>
#include <list>
#include <thread>

namespace monet::experiments {

namespace fs = std::filesystem;

namespace {

constexpr auto kPoll = std::chrono::milliseconds(10);
constexpr auto kTell = std::chrono::milliseconds(100);

/// What the process had to say last, without the name that our program gives the command.
std::string error_of(const ProcessEnd& end, const Command& command, const fs::path& log) {
  std::string said = last_line(log);
  const std::string name = fmt::format("monet {}: ", command.arguments.front());
  if (said.starts_with(name)) said.erase(0, name.size());
  if (said.empty()) said = last_line(fs::path(log).replace_extension(".out"));
  const std::string words = said.empty() ? " and said nothing" : "; it said last: " + said;
  if (end.signal != 0) return fmt::format("ended by signal {}{}; {} has the rest", end.signal, words, log.string());
  if (said.empty()) return fmt::format("ended with exit code {}{}", end.exit_code, words);
  return said;
}

/// A job that runs: one process at a time.
class Running {
 public:
  Running(const SchedulerOptions& options, const Job& job, std::size_t index)
      : options_(options), job_(job), index_(index), started_(std::chrono::steady_clock::now()) {
    fs::create_directories(job.folder);
    start();
  }

  std::size_t index() const { return index_; }
  std::uint64_t bytes() const { return job_.bytes; }
  const JobEnd& end() const { return end_; }

  JobState state() const {
    return {index_, std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count(), log(".err")};
  }

  void stop() const {
    if (!process_.empty()) process_.front().stop();
  }

  /// Goes on to the next command where one has ended; true when the job is over.
  bool poll(bool stopping) {
    if (process_.empty()) return true;
    const auto ended = process_.front().poll();
    if (!ended && job_.max_seconds > 0.0 && state().seconds > job_.max_seconds) {
      process_.clear();  // which kills it
      end_.seconds = state().seconds;
      end_.out_of_time = true;
      end_.error = fmt::format("ended after {:.0f} s: it had no more time", end_.seconds);
      return true;
    }
    if (!ended) return false;
    process_.clear();
    end_.seconds += ended->seconds;
    end_.cpu_seconds += ended->cpu_seconds;
    end_.peak_bytes = std::max(end_.peak_bytes, ended->peak_bytes);
    if (ended->exit_code != 0) {
      end_.error = error_of(*ended, job_.commands[command_], log(".err"));
      return true;
    }
    ++command_;
    if (command_ < job_.commands.size() && stopping) return true;
    start();
    return process_.empty();
  }

 private:
  fs::path log(const char* extension) const {
    if (job_.commands.empty()) return {};
    const std::size_t n = std::min(command_, job_.commands.size() - 1);
    return job_.folder / fmt::format("{}-{}{}", n + 1, job_.commands[n].name, extension);
  }

  void start() {
    if (command_ == job_.commands.size()) {
      end_.done = true;
      return;
    }
    process_.emplace_back(options_.program, job_.commands[command_].arguments, log(".out"), log(".err"),
                          options_.inherited);
  }

  const SchedulerOptions& options_;
  const Job& job_;
  std::size_t index_;
  std::chrono::steady_clock::time_point started_;
  std::size_t command_ = 0;
  std::list<Process> process_;  // one, or none at the end
  JobEnd end_;
};

class Scheduler {
 public:
  Scheduler(const SchedulerOptions& options, std::span<const Job> jobs, JobObserver& observer)
      : options_(options), jobs_(jobs), observer_(observer) {
    for (std::size_t n = 0; n < jobs.size(); ++n) waiting_.push_back(n);
  }

  void run(const std::atomic<bool>& should_stop) {
    while (!waiting_.empty() || !running_.empty()) {
      if (should_stop) stop();
      start_what_fits();
      if (waiting_.empty() && running_.empty()) return;
      tell();
      collect(false);
      if (!running_.empty() || !waiting_.empty()) std::this_thread::sleep_for(kPoll);
    }
  }

 private:
  bool fits(const Job& job) const {
    if (running_.empty()) return true;
    if (static_cast<int>(running_.size()) >= options_.parallel) return false;
    if (options_.available_bytes == 0) return true;
    std::uint64_t taken = 0;
    for (const Running& other : running_) taken += other.bytes();
    return taken + job.bytes <= options_.available_bytes;
  }

  /// In order, a smaller job before a larger one that has to wait.
  void start_what_fits() {
    for (auto next = waiting_.begin(); next != waiting_.end();) {
      if (!fits(jobs_[*next])) {
        ++next;
        continue;
      }
      if (!observer_.still_wanted(*next)) {
        next = waiting_.erase(next);
        continue;
      }
      if (!observer_.is_ready(*next)) {
        ++next;
        continue;
      }
      observer_.on_start(*next);
      running_.emplace_back(options_, jobs_[*next], *next);
      next = waiting_.erase(next);
    }
  }

  std::vector<JobState> states() const {
    std::vector<JobState> states;
    for (const Running& job : running_) states.push_back(job.state());
    return states;
  }

  /// When a job has begun or ended, and several times a second.
  void tell() {
    const auto now = std::chrono::steady_clock::now();
    if (running_.size() == told_running_ && waiting_.size() == told_waiting_ && now - told_ < kTell) return;
    told_ = now;
    told_running_ = running_.size();
    told_waiting_ = waiting_.size();
    running_.remove_if([&](const Running& job) { return !observer_.goes_on(job.index()); });
    observer_.on_wait(states());
  }

  void collect(bool stopping) {
    for (auto job = running_.begin(); job != running_.end();) {
      if (!job->poll(stopping)) {
        ++job;
        continue;
      }
      if (!stopping || job->end().done) observer_.on_end(job->index(), job->end());
      job = running_.erase(job);
    }
  }

  [[noreturn]] void stop() {
    for (const Running& job : running_) job.stop();
    while (!running_.empty()) {
      collect(true);
      std::this_thread::sleep_for(kPoll);
    }
    throw Interrupted("interrupted");
  }

  const SchedulerOptions& options_;
  std::span<const Job> jobs_;
  JobObserver& observer_;
  std::list<std::size_t> waiting_;
  std::list<Running> running_;
  std::chrono::steady_clock::time_point told_;
  std::size_t told_running_ = 0;
  std::size_t told_waiting_ = 0;
};

}  // namespace

void run_jobs(const SchedulerOptions& options, std::span<const Job> jobs, JobObserver& observer,
              const std::atomic<bool>& should_stop) {
  Scheduler(options, jobs, observer).run(should_stop);
}

}  // namespace monet::experiments
