// Processes and their scheduling, with a shell in the program's place.
#include "monet/experiments/scheduler.h"

#include "monet/core/error.h"
#include "monet/experiments/process.h"
#include "tests/core/files/temporary_folder.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <map>
#include <thread>

namespace monet::experiments {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr std::uint64_t kMegabyte = 1'000'000;

class Recorder : public JobObserver {
 public:
  bool still_wanted(std::size_t job) override { return job != unwanted; }
  bool is_ready(std::size_t job) override { return job != not_ready || ends.size() >= ready_after; }
  bool goes_on(std::size_t job) override { return job != lost; }
  void on_start(std::size_t job) override { started.push_back(job); }
  void on_wait(std::span<const JobState> running) override {
    most = std::max(most, running.size());
    std::vector<std::size_t> now;
    for (const JobState& state : running) now.push_back(state.job);
    if (together.empty() || together.back() != now) together.push_back(now);
    if (stop != nullptr && std::filesystem::exists(stop_once_there)) stop->store(true);
  }
  void on_end(std::size_t job, const JobEnd& end) override { ends[job] = end; }

  std::vector<std::size_t> started;
  std::vector<std::vector<std::size_t>> together;
  std::size_t most = 0;
  std::size_t unwanted = std::numeric_limits<std::size_t>::max();
  std::size_t not_ready = std::numeric_limits<std::size_t>::max();
  std::size_t ready_after = 0;  // so many have ended
  std::size_t lost = std::numeric_limits<std::size_t>::max();
  std::map<std::size_t, JobEnd> ends;
  std::atomic<bool>* stop = nullptr;
  std::filesystem::path stop_once_there;
};

class Scheduling : public test::TemporaryFolder {
 protected:
  /// A job that runs `script` with a shell.
  Job job(const std::string& name, const std::vector<std::string>& scripts, std::uint64_t bytes = 0) const {
    Job made;
    made.folder = folder_ / name;
    for (const std::string& script : scripts) made.commands.push_back({"script", {"-c", script}});
    made.bytes = bytes;
    return made;
  }
  std::string read(const std::filesystem::path& file) const { return test::read_text(folder_ / file); }
  SchedulerOptions options(int parallel, std::uint64_t available = 0) const {
    return {"/bin/sh", parallel, available, {}};
  }

  Recorder recorder_;
  std::atomic<bool> stop_{false};
};

TEST_F(Scheduling, CommandsFollowEachOtherAndLeaveTheirWords) {
  const std::vector<Job> jobs{job("a", {"echo one; echo aside >&2", "echo two"})};
  run_jobs(options(1), jobs, recorder_, stop_);
  EXPECT_TRUE(recorder_.ends.at(0).done);
  EXPECT_EQ(read("a/1-script.out"), "one\n");
  EXPECT_EQ(read("a/1-script.err"), "aside\n");
  EXPECT_EQ(read("a/2-script.out"), "two\n");
  EXPECT_GT(recorder_.ends.at(0).peak_bytes, 100'000U) << "even a shell takes something";
}

TEST_F(Scheduling, AFailureIsReportedInOneLineAndTheOthersGoOn) {
  const std::vector<Job> jobs{job("a", {"echo first >&2; echo 'no such data' >&2; exit 1", "touch never"}),
                              job("b", {"exit 3"}),
                              job("c", {"echo 'out of luck' >&2; kill -9 $$"}),
                              job("d", {"true"}),
                              job("e", {"echo 'cannot read it'; exit 2"}),
                              job("f", {"kill -9 $$"})};
  run_jobs(options(1), jobs, recorder_, stop_);
  EXPECT_EQ(recorder_.ends.at(0).error, "no such data");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a/2-script.out"));
  EXPECT_THAT(recorder_.ends.at(1).error, HasSubstr("exit code 3"));
  EXPECT_THAT(recorder_.ends.at(2).error, HasSubstr("signal 9; it said last: out of luck; "));
  EXPECT_EQ(recorder_.ends.at(4).error, "cannot read it") << "what a program printed, where it has no stderr";
  EXPECT_THAT(recorder_.ends.at(5).error, HasSubstr("signal 9 and said nothing"));
  EXPECT_FALSE(recorder_.ends.at(2).done);
  EXPECT_TRUE(recorder_.ends.at(3).done);
}

TEST_F(Scheduling, RunsAtMostSoManyAtATime) {
  std::vector<Job> jobs;
  for (int n = 0; n < 5; ++n) jobs.push_back(job(std::to_string(n), {"sleep 0.1"}));
  run_jobs(options(2), jobs, recorder_, stop_);
  EXPECT_EQ(recorder_.most, 2U);
  EXPECT_EQ(recorder_.ends.size(), 5U);
  EXPECT_THAT(recorder_.started, ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(Scheduling, RunsTogetherOnlyWhatMemoryHolds) {
  const std::vector<Job> jobs{job("large", {"sleep 0.2"}, 80 * kMegabyte), job("larger", {"sleep 0.1"}, 90 * kMegabyte),
                              job("small", {"sleep 0.2"}, 10 * kMegabyte)};
  run_jobs(options(3, 100 * kMegabyte), jobs, recorder_, stop_);
  // The small one runs beside the large one while the larger one waits.
  EXPECT_THAT(recorder_.together.front(), UnorderedElementsAre(0, 2));
  for (const auto& now : recorder_.together) {
    EXPECT_FALSE(std::count(now.begin(), now.end(), 0) > 0 && std::count(now.begin(), now.end(), 1) > 0);
  }
  EXPECT_EQ(recorder_.ends.size(), 3U);
}

TEST_F(Scheduling, WhatIsTooLargeRunsAlone) {
  const std::vector<Job> jobs{job("a", {"sleep 0.05"}, 200 * kMegabyte), job("b", {"sleep 0.05"}, 200 * kMegabyte)};
  run_jobs(options(2, 100 * kMegabyte), jobs, recorder_, stop_);
  EXPECT_EQ(recorder_.most, 1U);
  EXPECT_EQ(recorder_.ends.size(), 2U);
}

TEST_F(Scheduling, StoppingAsksTheProcessesAndWaitsForThem) {
  // What a training does: on SIGTERM it writes a checkpoint and ends with 130.
  const std::filesystem::path ready = folder_ / "ready";
  const std::filesystem::path saved = folder_ / "saved";
  const std::vector<Job> jobs{
      job("a", {fmt::format("trap 'touch {}; exit 130' TERM; touch {}; while :; do sleep 0.01; done", saved.string(),
                            ready.string())}),
      job("b", {"true"})};
  recorder_.stop = &stop_;
  recorder_.stop_once_there = ready;
  EXPECT_THROW(run_jobs(options(1), jobs, recorder_, stop_), Interrupted);
  EXPECT_TRUE(std::filesystem::exists(saved));
  EXPECT_TRUE(recorder_.ends.empty()) << "an interrupted job has neither failed nor succeeded";
  EXPECT_THAT(recorder_.started, ElementsAre(0));
}

TEST_F(Scheduling, AJobWithNothingLeftToDoIsDone) {
  const std::vector<Job> jobs{job("a", {}), job("b", {"true"})};
  run_jobs(options(1), jobs, recorder_, stop_);
  EXPECT_TRUE(recorder_.ends.at(0).done);
  EXPECT_TRUE(recorder_.ends.at(1).done);
}

TEST_F(Scheduling, AJobThatTakesTooLongIsEndedAndTheOthersGoOn) {
  std::vector<Job> jobs{job("a", {"sleep 600", "touch never"}), job("b", {"true"})};
  jobs[0].max_seconds = 0.05;
  jobs[1].max_seconds = 600.0;
  run_jobs(options(1), jobs, recorder_, stop_);
  EXPECT_FALSE(recorder_.ends.at(0).done);
  EXPECT_TRUE(recorder_.ends.at(0).out_of_time);
  EXPECT_THAT(recorder_.ends.at(0).error, HasSubstr("no more time"));
  EXPECT_TRUE(recorder_.ends.at(1).done);
}

TEST_F(Scheduling, AJobThatIsNoLongerWantedIsDropped) {
  const std::vector<Job> jobs{job("a", {"true"}), job("b", {"true"}), job("c", {"true"})};
  recorder_.unwanted = 1;
  run_jobs(options(1), jobs, recorder_, stop_);
  EXPECT_THAT(recorder_.started, ElementsAre(0, 2));
  EXPECT_EQ(recorder_.ends.size(), 2U);
}

TEST_F(Scheduling, AJobThatIsNotReadyWaitsAndLetsOthersPass) {
  const std::vector<Job> jobs{job("a", {"true"}), job("b", {"true"}), job("c", {"true"})};
  recorder_.not_ready = 0;
  recorder_.ready_after = 2;
  run_jobs(options(1), jobs, recorder_, stop_);
  EXPECT_THAT(recorder_.started, ElementsAre(1, 2, 0));
  EXPECT_EQ(recorder_.ends.size(), 3U);
}

TEST_F(Scheduling, AJobThatDoesNotGoOnIsKilledAndDropped) {
  const std::vector<Job> jobs{job("a", {"sleep 600"}), job("b", {"true"})};
  recorder_.lost = 0;
  run_jobs(options(1), jobs, recorder_, stop_);
  EXPECT_THAT(recorder_.started, ElementsAre(0, 1));
  EXPECT_FALSE(recorder_.ends.contains(0));
  EXPECT_TRUE(recorder_.ends.at(1).done);
}

TEST_F(Scheduling, AProgramThatIsNotThereIsAnError) {
  const std::vector<Job> jobs{job("a", {"true"})};
  SchedulerOptions missing = options(1);
  missing.program = folder_ / "nothing";
  EXPECT_THROW(run_jobs(missing, jobs, recorder_, stop_), IoError);
}

TEST_F(Scheduling, AProcessTellsWhatItTook) {
  Process process("/bin/sh", {"-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exit 4"}, folder_ / "out",
                  folder_ / "err");
  std::optional<ProcessEnd> end;
  while (!(end = process.poll())) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(end->exit_code, 4);
  EXPECT_GT(end->cpu_seconds, 0.0);
  EXPECT_GT(end->seconds, 0.0);
}

}  // namespace
}  // namespace monet::experiments
