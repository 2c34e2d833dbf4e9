// monet-mpi, launched by mpirun: it does what monet does.
#include "tests/cli/scratch.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>

namespace monet::test {

using testing::HasSubstr;
using testing::Not;

namespace {

namespace fs = std::filesystem;

Launch by_mpirun() {
  Launch launch;
  launch.program = MONET_MPIRUN;
  return launch;
}

std::vector<std::string> in_processes(int processes, const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"--allow-run-as-root",     "--oversubscribe", "--bind-to", "none", "-n",
                               std::to_string(processes), MONET_MPI_PROGRAM};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

Outcome run_in(int processes, const std::vector<std::string>& arguments) {
  return run(in_processes(processes, arguments), by_mpirun());
}

class Cluster : public Scratch {
 protected:
  Cluster() {
    expect_done(run({"synth", "--out", data(), "--users", "120", "--items", "80", "--interactions", "1200"}));
  }
  std::string data() const { return path_of("shop"); }
  std::vector<std::string> training(const std::string& out, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"train",      "--data",       data(),  "--out",
                                       path_of(out), "--model",      "monet", "--dim",
                                       "8",          "--epochs",     "4",     "--validate-every",
                                       "2",          "--batch-size", "64",    "--learning-rate",
                                       "0.005",      "--threads",    "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  nlohmann::json config(const std::string& out) const {
    return nlohmann::json::parse(read_text(fs::path(path_of(out)) / "config.json"));
  }
};

}  // namespace

TEST_F(Cluster, TrainsEvaluatesAndRecommendsAsOneProcessDoes) {
  expect_done(run(training("one")));
  for (const int processes : {2, 4}) {
    const std::string out = "in" + std::to_string(processes);
    const Outcome trained = run_in(processes, training(out));
    expect_done(trained);
    EXPECT_THAT(trained.err, HasSubstr(std::to_string(processes) + " processes with 1 thread each"));
    EXPECT_EQ(lines_of(trained.out).back(), "written to " + path_of(out));
    const nlohmann::json expected = config("one").at("metrics");
    const nlohmann::json metrics = config(out).at("metrics");
    for (const char* split : {"validation", "test"}) {
      for (const auto& [name, value] : expected.at(split).items()) {
        EXPECT_NEAR(metrics.at(split).at(name).get<double>(), value.get<double>(), 1e-9) << name;
      }
    }
    EXPECT_FALSE(fs::exists(path_of(out) + ".partial"));
    // By whom it was trained does not matter to those who read it.
    const std::vector<std::string> lists{"recommend", "--artifact", path_of(out), "--users", "all",
                                         "--k",       "5",          "--format",   "tsv"};
    const Outcome asked = run(lists);
    expect_done(asked);

    std::vector<std::string> spread = lists;
    spread.insert(spread.end(), {"--out", path_of("lists.tsv")});
    expect_done(run_in(3, spread));
    std::string joined;
    for (int r = 0; r < 3; ++r) {
      const fs::path part = path_of("lists." + std::to_string(r) + "-of-3.tsv");
      joined += read_text(part);
      fs::remove(part);
    }
    EXPECT_EQ(joined, asked.out);
  }
  const std::vector<std::string> evaluation{"evaluate", "--artifact", path_of("one"), "--data",
                                            data(),     "--auc",      "--json"};
  std::vector<std::string> alone = evaluation;
  alone.push_back(path_of("alone.json"));
  expect_done(run(alone));
  std::vector<std::string> spread = evaluation;
  spread.push_back(path_of("spread.json"));
  const Outcome evaluated = run_in(3, spread);
  expect_done(evaluated);
  EXPECT_THAT(evaluated.out, HasSubstr("monet on the test split of shop"));
  const auto expected = nlohmann::json::parse(read_text(path_of("alone.json")));
  const auto got = nlohmann::json::parse(read_text(path_of("spread.json")));
  EXPECT_EQ(got.at("users"), expected.at("users"));
  for (const auto& [name, value] : got.at("metrics").items()) {
    EXPECT_NEAR(value.get<double>(), expected.at("metrics").at(name).get<double>(), 1e-9) << name;
  }
  EXPECT_TRUE(got.at("metrics").contains("auc"));
}

TEST_F(Cluster, SigtermLeavesACheckpointThatAnotherNumberGoesOnFrom) {
  expect_done(run(training("whole", {"--epochs", "100", "--patience", "1000"})));
  Program program(in_processes(3, training("out", {"--epochs", "100", "--patience", "1000"})), by_mpirun());
  ASSERT_TRUE(program.wait_for(fs::path(path_of("out")).string() + ".partial/checkpoint.safetensors"));
  program.send(SIGTERM);
  const Outcome ended = program.wait();
  EXPECT_EQ(ended.exit_code, 130);
  EXPECT_THAT(ended.err, HasSubstr("holds a checkpoint, and the same command with --resume goes on from there"));
  expect_done(run_in(2, training("out", {"--epochs", "100", "--patience", "1000", "--resume"})));
  const auto whole = config("whole");
  const auto out = config("out");
  EXPECT_EQ(out.at("training").at("steps"), whole.at("training").at("steps"));
  for (const auto& [name, value] : whole.at("metrics").at("validation").items()) {
    EXPECT_NEAR(out.at("metrics").at("validation").at(name).get<double>(), value.get<double>(), 0.02) << name;
  }
}

TEST_F(Cluster, SaysWhatIsWrongOnce) {
  const auto one_line = [](const Outcome& outcome, int code, const std::string& part) {
    EXPECT_EQ(outcome.exit_code, code);
    EXPECT_EQ(outcome.out, "");
    ASSERT_EQ(lines_of(outcome.err).size(), 1U) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(part));
  };
  one_line(run_in(2, training("a", {"--model", "lattice"})), 1, "lattice is trained in one process");
  one_line(run_in(2, training("a", {"--loss", "softmax"})), 1, "--loss other than bpr");
  one_line(run_in(2, {"train", "--data", path_of("nowhere"), "--out", path_of("a"), "--model", "monet"}), 1,
           "no such file or directory");
  EXPECT_FALSE(fs::exists(path_of("a")));
  EXPECT_FALSE(fs::exists(path_of("a") + ".partial"));
  one_line(run_in(2, {"info", data()}), 2, "runs in one process; start it without mpirun");
  expect_done(run(training("there")));
  one_line(run_in(2, training("there")), 1, "--force");
  one_line(run_in(2, {"recommend", "--artifact", path_of("there"), "--users", "all"}), 2, "give --out");
}

TEST_F(Cluster, RunsOfAComparisonAreSharedOut) {
  const Outcome outcome = run_in(2, {"compare", "--data", data(), "--models", "popularity,mf", "--seeds", "2",
                                     "--epochs", "2", "--out", path_of("compared"), "--threads", "1"});
  expect_done(outcome);
  EXPECT_THAT(outcome.out, HasSubstr("# Comparison on shop"));
  const auto json = nlohmann::json::parse(read_text(path_of("compared") + "/comparison.json"));
  EXPECT_EQ(json.at("methods").size(), 2U);
}

}  // namespace monet::test
