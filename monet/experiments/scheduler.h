#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace monet::experiments {

/// One process of a job.
struct Command {
  std::string name;                    // "train": what it prints goes to `<n>-<name>.out` and `.err`
  std::vector<std::string> arguments;  // without the program
};

/// Commands of a program that follow each other, each in a process of its own: a training, then evaluations.
struct Job {
  std::filesystem::path folder;  // made when it is not there
  std::vector<Command> commands;
  std::uint64_t bytes = 0;   // memory it takes at its peak, estimated
  double max_seconds = 0.0;  // after which it is ended and has failed; 0: no limit
};

/// How a job ended. The error is one line: the last one that the command that failed had to say.
struct JobEnd {
  bool done = false;
  bool out_of_time = false;  // it was ended after its `max_seconds`
  std::string error;
  double seconds = 0.0;  // of all its commands
  double cpu_seconds = 0.0;
  std::uint64_t peak_bytes = 0;  // the highest of its commands
};

/// Where a running job stands.
struct JobState {
  std::size_t job = 0;
  double seconds = 0.0;             // since its first command began
  std::filesystem::path error_log;  // stderr of the command that runs
};

/// Follows the jobs; called on the thread that runs them.
class JobObserver {
 public:
  virtual ~JobObserver() = default;
  /// Asked just before a job would start; false: it is dropped, without a further word.
  virtual bool still_wanted(std::size_t /*job*/) { return true; }
  /// Asked after that; false: it waits, and is asked again. Until this is true the job may still be filled in.
  virtual bool is_ready(std::size_t /*job*/) { return true; }
  /// Asked several times a second while it runs; false: it is killed and dropped, without a further word.
  virtual bool goes_on(std::size_t /*job*/) { return true; }
  virtual void on_start(std::size_t /*job*/) {}
  /// Several times a second, also while all that is left waits.
  virtual void on_wait(std::span<const JobState> /*running*/) {}
  virtual void on_end(std::size_t /*job*/, const JobEnd& /*end*/) {}
};

struct SchedulerOptions {
  std::filesystem::path program;
  int parallel = 1;                   // jobs at a time
  std::uint64_t available_bytes = 0;  // what the jobs that run together may take; 0: unknown, not heeded
  std::vector<int> inherited;         // descriptors that the processes keep open
};

/// Runs the jobs in their order, at most `parallel` at a time and only as many as fit into the memory together by their
/// estimates (one always runs: whether it fits is for the program to say). A job that fails does not stop the others.
/// When `should_stop` turns true, the running processes are asked to end, waited for, and Interrupted is thrown.
void run_jobs(const SchedulerOptions& options, std::span<const Job> jobs, JobObserver& observer,
              const std::atomic<bool>& should_stop);

}  // namespace monet::experiments
