// Jobs in which something breaks, launched by mpirun: exit code, what is said, how soon it ends, and what is left.
#include "tests/cli/program.h"

#include <gmock/gmock.h>

#include <chrono>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace monet::test {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

namespace {

using namespace std::chrono_literals;

struct Ending {
  Outcome outcome;
  double seconds = 0.0;
  int left = 0;  // processes of the job that still run a second later
};

int count_processes(const std::string& mark) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string words{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (words.find(mark) != std::string::npos) ++count;
  }
  return count;
}

Ending end_of(const std::string& how, int process, const std::vector<int>& signals = {}) {
  static int jobs = 0;
  const std::string mark = "job-" + std::to_string(::getpid()) + "-" + std::to_string(++jobs);
  Launch launch;
  launch.program = MONET_MPIRUN;
  const auto began = std::chrono::steady_clock::now();
  Program program({"--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", "4", MONET_MORTAL, how,
                   std::to_string(process), mark},
                  launch);
  if (!signals.empty()) std::this_thread::sleep_for(4s);
  for (const int signal : signals) {
    program.send(signal);
    std::this_thread::sleep_for(500ms);
  }
  Ending ending;
  ending.outcome = program.wait(60s);
  ending.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::this_thread::sleep_for(1s);
  ending.left = count_processes(mark);
  EXPECT_EQ(ending.left, 0);
  EXPECT_LT(ending.seconds, 30.0);
  testing::Test::RecordProperty("seconds", std::to_string(ending.seconds));
  return ending;
}

void expect_line(const Ending& ending, const std::string& line) {
  EXPECT_THAT(ending.outcome.err, MatchesRegex(line + "\n"));
}

}  // namespace

TEST(Job, EndsInGoodOrder) {
  const Ending ending = end_of("none", -1);
  EXPECT_EQ(ending.outcome.exit_code, 0);
  EXPECT_EQ(ending.outcome.out, "working\n");
  EXPECT_EQ(ending.outcome.err, "");
}

TEST(Job, EndsWithAProcessThatIsKilled) {
  for (const int process : {0, 2}) {
    const Ending ending = end_of("worker", process);
    EXPECT_EQ(ending.outcome.exit_code, 4);
    expect_line(ending, "monet-mpi: process " + std::to_string(process) +
                            " on .* was ended by signal 9 .*lack of memory.*; the job ends");
    EXPECT_LT(ending.seconds, 15.0);
  }
}

TEST(Job, EndsWithAGuardThatIsKilled) {
  const Ending ending = end_of("guard", 1);
  EXPECT_EQ(ending.outcome.exit_code, 4);
  expect_line(ending, "monet-mpi: a process was ended by signal 9; the job ends");
}

TEST(Job, EndsWithAProcessThatCrashesOrExitsOnItsOwn) {
  const Ending crash = end_of("crash", 3);
  EXPECT_EQ(crash.outcome.exit_code, 4);
  EXPECT_THAT(crash.outcome.err, HasSubstr("monet-mpi: process 3 on "));
  const Ending exit = end_of("exit", 3);
  EXPECT_EQ(exit.outcome.exit_code, 4);
  expect_line(exit, "monet-mpi: process 3 on .* ended too early, with exit code 0; the job ends");
}

TEST(Job, EndsWithAProcessThatDoesNotAnswer) {
  for (const int process : {0, 2}) {
    const Ending ending = end_of("stopped", process);
    EXPECT_EQ(ending.outcome.exit_code, 4);
    expect_line(ending,
                "monet-mpi: process " + std::to_string(process) + " on .* has not answered for 10 s; the job ends");
  }
}

TEST(Job, WaitsForAProcessThatComputes) {
  const Ending ending = end_of("busy", 1);
  EXPECT_EQ(ending.outcome.exit_code, 0);
  EXPECT_EQ(ending.outcome.err, "");
}

TEST(Job, EndsWithTheErrorOfOneProcess) {
  for (const int process : {0, 2}) {
    const Ending ending = end_of("throw", process);
    EXPECT_EQ(ending.outcome.exit_code, 1);
    expect_line(ending, "mortal: this process's part of the data is broken");
  }
}

TEST(Job, SaysOnceWhatAllProcessesFindWrong) {
  const Ending ending = end_of("all_throw", -1);
  EXPECT_EQ(ending.outcome.exit_code, 1);
  expect_line(ending, "mortal: the data is broken");
}

TEST(Job, WritesItsCheckpointWhenAskedToStop) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Ending ending = end_of("work", -1, {signal});
    EXPECT_EQ(ending.outcome.exit_code, 130);
    expect_line(ending, "mortal: interrupted; there is a checkpoint");
  }
}

TEST(Job, EndsAtOnceWhenAskedTwice) {
  const Ending ending = end_of("work", -1, {SIGINT, SIGINT});
  EXPECT_EQ(ending.outcome.exit_code, 130);
  EXPECT_THAT(ending.outcome.err, Not(HasSubstr("checkpoint")));
}

}  // namespace monet::test
