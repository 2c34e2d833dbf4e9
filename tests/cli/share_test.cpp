// Several calls of compare, sweep or reproduce that do the runs of one results directory together.
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>

namespace monet::test::share_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Words = std::vector<std::string>;

class Shared : public Scratch {
 protected:
  Words arguments(const std::string& command, const std::string& out, const Words& more) const {
    Words words{command,    "--data", data_,          "--out", path_of(out),      "--threads", "1",
                "--epochs", "3",      "--batch-size", "16",    "--learning-rate", "0.01"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  /// Trainings of some seconds each.
  Words long_compare(const std::string& out) const {
    return arguments("compare", out, {"--models", "mf", "--seeds", "2", "--epochs", "1500", "--patience", "100000"});
  }
  json document(const std::string& name) const { return json::parse(read_text(folder_ / name)); }
  /// Until a file of that name lies somewhere below a folder.
  static bool wait_for_any(const fs::path& folder, const std::string& name) {
    for (int n = 0; n < 6000; ++n) {
      std::error_code error;
      for (fs::recursive_directory_iterator entry(folder, error), end; entry != end; entry.increment(error)) {
        if (entry->path().filename() == name) return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  std::string data_ = make_data();
};

/// Without what differs from call to call.
json plain(json document) {
  if (document.is_object()) {
    for (const char* key : {"seconds", "peak_bytes", "command", "evidence"}) document.erase(key);
  }
  if (document.is_structured()) {
    for (json& part : document) part = plain(part);
  }
  return document;
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t number = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++number;
  return number;
}

std::vector<Outcome> run_together(const Words& words, int processes) {
  std::vector<std::unique_ptr<Program>> programs;
  for (int n = 0; n < processes; ++n) programs.push_back(std::make_unique<Program>(words));
  std::vector<Outcome> outcomes;
  for (auto& program : programs) outcomes.push_back(program->wait());
  return outcomes;
}

std::string errors_of(const std::vector<Outcome>& outcomes) {
  std::string all;
  for (const Outcome& outcome : outcomes) all += outcome.err;
  return all;
}

TEST_F(Shared, ThreeDoEveryRunOnceAndEndWithTheTablesOfOne) {
  const Words more{"--models", "popularity,mf,monet,mf:learning-rate=1e30,epochs=200", "--seeds", "3"};
  const auto outcomes = run_together(arguments("compare", "out", with(more, {"--shared"})), 3);
  for (const Outcome& outcome : outcomes) {
    expect_done(outcome);
    EXPECT_EQ(outcome.out, read_text(folder_ / "out/comparison.md"));
  }
  expect_done(run(arguments("compare", "alone", more)));
  EXPECT_EQ(plain(document("out/comparison.json")), plain(document("alone/comparison.json")));
  const std::string errors = errors_of(outcomes);
  EXPECT_EQ(count(errors, ": started\n"), 12U) << errors;
  EXPECT_EQ(count(errors, "popularity, seed 0: started"), 1U) << errors;
  EXPECT_EQ(count(errors, ": failed: [train] the loss became"), 3U) << errors;
  EXPECT_LE(count(errors, " by another process\n"), 2U * 12U) << errors;
  EXPECT_FALSE(fs::exists(path_of("out/shared")));
  std::map<std::string, std::string> together = snapshot(path_of("out/runs"));
  std::map<std::string, std::string> alone = snapshot(path_of("alone/runs"));
  std::vector<std::string> names;
  for (const auto& [name, content] : alone) {
    names.push_back(name);
    if (!name.ends_with("users.tsv") && !name.ends_with("model.safetensors")) continue;
    EXPECT_TRUE(together[name] == content) << name;
  }
  EXPECT_EQ(together.size(), names.size());
  EXPECT_THAT(together["mf-seed1/train.task.json"], AllOf(HasSubstr("out/runs/mf-seed1"), Not(HasSubstr("shared"))));

  // Nothing is left to do, either way; more seeds are.
  const Outcome again = run(arguments("compare", "out", {"--models", "popularity,mf", "--seeds", "3", "--shared"}));
  expect_done(again);
  EXPECT_THAT(again.err, Not(HasSubstr("started")));
  const Outcome exclusive = run(arguments("compare", "out", {"--models", "popularity,mf", "--seeds", "4"}));
  expect_done(exclusive);
  EXPECT_EQ(count(exclusive.err, ": started\n"), 2U) << exclusive.err;
  expect_done(run(arguments("compare", "out", {"--models", "popularity", "--seeds", "1", "--force"})));
}

TEST_F(Shared, WhatAKilledOneHadIsTakenOver) {
  const Words words = with(long_compare("out"), {"--shared", "--claim-timeout", "1"});
  Program victim(words);
  ASSERT_TRUE(wait_for_any(path_of("out/shared/work"), "checkpoint.safetensors"));
  Program one(words);
  Program other(words);
  victim.send(SIGKILL);
  EXPECT_EQ(victim.wait().signal, SIGKILL);
  const std::vector<Outcome> outcomes{one.wait(), other.wait()};
  for (const Outcome& outcome : outcomes) expect_done(outcome);
  EXPECT_EQ(count(errors_of(outcomes), ": started\n"), 2U) << errors_of(outcomes);
  expect_done(run(long_compare("alone")));
  EXPECT_EQ(plain(document("out/comparison.json")), plain(document("alone/comparison.json")));
  EXPECT_THAT(read_text(folder_ / "out/runs/mf-seed0/1-train.err"), HasSubstr("resuming at epoch"));
  EXPECT_FALSE(fs::exists(path_of("out/shared")));
}

TEST_F(Shared, OneThatStoodStillFindsOutAndGoesOnWithTheOthers) {
  const Words words = with(long_compare("out"), {"--shared", "--claim-timeout", "1"});
  Program sleeper(words);
  ASSERT_TRUE(wait_for_any(path_of("out/shared/work"), "checkpoint.safetensors"));
  sleeper.send(SIGSTOP);
  Program other(words);
  ASSERT_TRUE(wait_for_any(path_of("out/shared/claims"), "runs%mf-seed0.2"));
  sleeper.send(SIGCONT);
  const Outcome woken = sleeper.wait();
  expect_done(other.wait());
  expect_done(woken);
  EXPECT_THAT(woken.err, HasSubstr("mf, seed 0: another process has taken it over, as this one stood still"));
  expect_done(run(long_compare("alone")));
  EXPECT_EQ(plain(document("out/comparison.json")), plain(document("alone/comparison.json")));
}

TEST_F(Shared, CtrlCGivesItsRunsBackAndOneAloneGoesOn) {
  Program program(with(long_compare("out"), {"--shared", "--claim-timeout", "1"}));
  ASSERT_TRUE(wait_for_any(path_of("out/shared/work"), "checkpoint.safetensors"));
  // Meanwhile one alone, one with other options and one that wants to start over are refused.
  expect_refused(run(long_compare("out")), {"out", "another process is at work there"});
  expect_refused(run(with(long_compare("out"), {"--shared", "--patience", "3"})), {"comparison.json", "--force"});
  Words other_seeds = with(long_compare("out"), {"--shared"});
  std::replace(other_seeds.begin(), other_seeds.end(), std::string("2"), std::string("3"));
  expect_refused(run(other_seeds), {"shares it with seeds '0,1', not '0,1,2'", "--out"});
  expect_refused(run(with(long_compare("out"), {"--shared", "--force"})), {"--shared", "--force", "leave it out"});
  expect_usage_error(run(with(long_compare("out"), {"--claim-timeout", "5"})), {"--claim-timeout", "give --shared"});
  program.send(SIGINT);
  EXPECT_EQ(program.wait().exit_code, 130);
  const Outcome alone = run(long_compare("out"));
  expect_done(alone);
  EXPECT_THAT(read_text(folder_ / "out/runs/mf-seed0/1-train.err"), HasSubstr("resuming at epoch"));
  EXPECT_FALSE(fs::exists(path_of("out/shared")));
}

TEST_F(Shared, OneThatSharesIsRefusedWhileOneIsAloneThere) {
  Program alone(long_compare("out"));
  ASSERT_TRUE(wait_for_any(path_of("out/runs"), "checkpoint.safetensors"));
  expect_refused(run(with(long_compare("out"), {"--shared"})), {"out", "another process is at work there"});
  alone.send(SIGINT);
  EXPECT_EQ(alone.wait().exit_code, 130);
  expect_done(run(with(long_compare("out"), {"--shared"})));
  EXPECT_THAT(read_text(folder_ / "out/runs/mf-seed0/1-train.err"), HasSubstr("resuming at epoch"));
}

TEST_F(Shared, TwoTuneTogether) {
  const Words more{"--models", "itemknn,popularity", "--seeds", "1", "--tune", "4"};
  const auto outcomes = run_together(arguments("compare", "out", with(more, {"--shared"})), 2);
  for (const Outcome& outcome : outcomes) expect_done(outcome);
  expect_done(run(arguments("compare", "alone", more)));
  EXPECT_EQ(plain(document("out/comparison.json")), plain(document("alone/comparison.json")));
}

TEST_F(Shared, TwoSweepTogether) {
  const Words more{"--model", "monet:layers=1", "--grid", "alpha=0,1", "--grid", "beta=0,0.3"};
  const auto outcomes = run_together(arguments("sweep", "out", with(more, {"--shared"})), 2);
  for (const Outcome& outcome : outcomes) expect_done(outcome);
  EXPECT_EQ(count(errors_of(outcomes), ": started\n"), 4U);
  expect_done(run(arguments("sweep", "alone", more)));
  EXPECT_EQ(plain(document("out/sweep.json")), plain(document("alone/sweep.json")));
  EXPECT_EQ(read_text(folder_ / "out/best.toml").empty(), false);
  for (const char* folder : {"out", "alone"}) {
    std::size_t kept = 0;
    for (const auto& entry : fs::directory_iterator(folder_ / folder / "runs"))
      kept += fs::exists(entry.path() / "model");
    EXPECT_EQ(kept, 1U) << folder;
  }
  expect_refused(run(arguments("sweep", "race", with(more, {"--shared", "--race", "1"}))), {"--shared", "race"});
}

TEST_F(Shared, TwoReproduceTogether) {
  const auto words = [&](const std::string& out) {
    return Words{
        "reproduce", "--quick", "--data",  data_, "--out",        path_of(out), "--only",    "table-2,table-4,figure-1",
        "--epochs",  "1",       "--seeds", "2",   "--slow-seeds", "1",          "--threads", "1"};
  };
  const auto outcomes = run_together(with(words("out"), {"--shared"}), 2);
  for (const Outcome& outcome : outcomes) expect_done(outcome);
  EXPECT_EQ(count(errors_of(outcomes), ": started\n"), 8U) << errors_of(outcomes);
  expect_done(run(words("alone")));
  EXPECT_EQ(plain(document("out/reproduction.json")), plain(document("alone/reproduction.json")));
  for (const auto& entry : fs::recursive_directory_iterator(path_of("out"))) {
    EXPECT_NE(entry.path().filename(), "shared") << entry;
  }
}

TEST_F(Shared, AFullDiskAndAFolderThatCannotBeMadeAreOneLine) {
  Launch launch;
  launch.file_size_limit = 300;
  const Outcome full = run(arguments("compare", "out", {"--models", "popularity", "--seeds", "1", "--shared"}), launch);
  EXPECT_EQ(full.exit_code, 1);
  EXPECT_EQ(lines_of(full.err).size(), 1U) << full.err;
  EXPECT_THAT(full.err, AllOf(HasSubstr("out/shared/members/"), HasSubstr("cannot write")));
  EXPECT_FALSE(fs::exists(path_of("out/shared")));
}

}  // namespace
}  // namespace monet::test::share_test
