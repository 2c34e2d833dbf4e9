// Comparisons and sweeps as a user meets them: results, going on, refusals.
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>

namespace monet::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Experiments : public Scratch {
 protected:
  std::vector<std::string> arguments(const std::string& command, const std::vector<std::string>& more) const {
    std::vector<std::string> words{command,    "--data", data_,          "--out", path_of("out"),    "--threads", "1",
                                   "--epochs", "3",      "--batch-size", "16",    "--learning-rate", "0.01"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Outcome compare(const std::vector<std::string>& more) const { return run(arguments("compare", more)); }
  Outcome sweep(const std::vector<std::string>& more) const { return run(arguments("sweep", more)); }
  json document(const std::string& name) const { return json::parse(read_text(folder_ / "out" / name)); }

  std::string data_ = make_data();
};

const json& method(const json& comparison, const std::string& label) {
  const json& methods = comparison.at("methods");
  return *std::find_if(methods.begin(), methods.end(), [&](const json& m) { return m.at("label") == label; });
}

TEST_F(Experiments, AComparisonLeavesItsTablesAndEveryRun) {
  const Outcome outcome = compare({"--models", "popularity,mf,monet:encoder=lightgcn,alpha=0.5", "--seeds", "3,4"});
  expect_done(outcome);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("| monet:encoder=lightgcn,alpha=0.5 † |"), HasSubstr("recall@20"),
                                 HasSubstr("±"), HasSubstr("p (Wilcoxon)")));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("| beyond accuracy "), HasSubstr("coverage@20"), HasSubstr("gini@20"),
                                 HasSubstr("novelty@20"), Not(HasSubstr("popularity@20"))));
  EXPECT_EQ(outcome.out, read_text(folder_ / "out/comparison.md"));
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("mf, seed 4: done"), Not(HasSubstr("\r"))));
  for (const char* name : {"comparison.csv", "comparison.tex"}) EXPECT_NE(read_text(folder_ / "out" / name), "");

  const json comparison = document("comparison.json");
  EXPECT_EQ(comparison.at("format"), "monet-comparison");
  EXPECT_EQ(comparison.at("complete"), true);
  EXPECT_EQ(comparison.at("primary"), "recall@20");
  EXPECT_EQ(comparison.at("dataset").at("users"), kUsers);
  EXPECT_EQ(comparison.at("dataset").at("modalities"), json({"image", "text"}));
  const json& monet = method(comparison, "monet:encoder=lightgcn,alpha=0.5");
  EXPECT_EQ(monet.at("options"), json({{"encoder", "lightgcn"}, {"alpha", 0.5}}));
  EXPECT_EQ(monet.at("state"), "done");
  const json& recall = monet.at("metrics").at("recall@10");
  ASSERT_EQ(recall.at("values").size(), 2U);
  EXPECT_DOUBLE_EQ(recall.at("mean"),
                   (recall.at("values")[0].get<double>() + recall.at("values")[1].get<double>()) / 2);
  for (const char* name : {"coverage@10", "gini@20", "popularity@20", "novelty@10", "ils.image@20", "ils.text@10"}) {
    EXPECT_EQ(monet.at("metrics").at(name).at("values").size(), 2U) << name;
    EXPECT_FALSE(monet.at("tests").contains(name)) << name << " is no metric of a user against targets";
  }
  EXPECT_THAT(read_text(folder_ / "out/comparison.csv"), HasSubstr("ils.text@20"));
  EXPECT_GT(monet.at("peak_bytes"), 1'000'000);
  EXPECT_EQ(monet.at("tests").at("recall@10").at("users"), kUsers);

  const std::filesystem::path folder = folder_ / "out" / monet.at("runs")[1].at("folder").get<std::string>();
  EXPECT_EQ(json::parse(read_text(folder / "run.json")).at("seed"), 4);
  EXPECT_EQ(lines_of(read_text(folder / "users.tsv")).size(), kUsers + 1);
  expect_done(run({"info", (folder / "model").string()}));
}

TEST_F(Experiments, TheSameCommandAgainDoesNothingAndMoreSeedsOnlyTheRest) {
  expect_done(compare({"--models", "mf,popularity", "--seeds", "1"}));
  const json before = document("comparison.json");
  const auto files = snapshot(path_of("out/runs"));
  const Outcome again = compare({"--models", "mf,popularity", "--seeds", "1"});
  expect_done(again);
  EXPECT_THAT(again.err, Not(HasSubstr("started")));
  EXPECT_EQ(document("comparison.json"), before);
  EXPECT_EQ(snapshot(path_of("out/runs")), files);
  const Outcome more = compare({"--models", "mf", "--models", "popularity", "--seeds", "2"});
  expect_done(more);
  EXPECT_THAT(more.err, AllOf(HasSubstr("mf, seed 1: started"), Not(HasSubstr("mf, seed 0: started"))));
}

TEST_F(Experiments, AnInterruptedComparisonGoesOnFromTheCheckpoint) {
  const std::vector<std::string> models{"--models", "mf", "--seeds", "1", "--epochs", "400", "--patience", "100000"};
  std::vector<std::string> words = arguments("compare", models);
  Program program(words);
  ASSERT_TRUE(program.wait_for(path_of("out/runs/mf-seed0/model.partial/checkpoint.safetensors")));
  program.send(SIGINT);
  const Outcome stopped = program.wait();
  ASSERT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_THAT(lines_of(stopped.err).back(), AllOf(HasSubstr("out"), HasSubstr("same command")));
  EXPECT_EQ(document("comparison.json").at("complete"), false);
  EXPECT_EQ(document("comparison.json").at("methods")[0].at("state"), "not run");

  expect_done(run(words));
  EXPECT_THAT(read_text(folder_ / "out/runs/mf-seed0/1-train.err"), HasSubstr("resuming at epoch"));
  EXPECT_FALSE(std::filesystem::exists(path_of("out/runs/mf-seed0/model.partial")));
  // As if nothing had happened.
  std::replace(words.begin(), words.end(), path_of("out"), path_of("whole"));
  expect_done(run(words));
  EXPECT_TRUE(read_text(folder_ / "out/runs/mf-seed0/model/model.safetensors") ==
              read_text(folder_ / "whole/runs/mf-seed0/model/model.safetensors"));
}

TEST_F(Experiments, ARunThatFailsIsReportedAndTheOthersGoOn) {
  const Outcome outcome = compare({"--models", "mf:learning-rate=1e30,epochs=200;popularity", "--seeds", "1"});
  expect_done(outcome);
  const json comparison = document("comparison.json");
  EXPECT_EQ(comparison.at("methods")[0].at("state"), "failed");
  EXPECT_THAT(comparison.at("methods")[0].at("error").get<std::string>(), HasSubstr("the loss became"));
  EXPECT_EQ(comparison.at("methods")[1].at("state"), "done");
  EXPECT_THAT(outcome.out, HasSubstr("failed: [train] the loss became"));
}

TEST_F(Experiments, WhatALimitCutOffIsMarkedAndWhatEndedByItselfIsNot) {
  const Outcome outcome = compare({"--models", "mf;mf:epochs=400,patience=1;popularity", "--seeds", "1"});
  expect_done(outcome);
  const json comparison = document("comparison.json");
  const json& cut = method(comparison, "mf");
  const json& ended = method(comparison, "mf:epochs=400,patience=1");
  EXPECT_EQ(cut.at("runs")[0].at("ended_by"), "epochs");
  EXPECT_EQ(cut.at("cut_off"), json::array({0}));
  EXPECT_EQ(cut.at("tests").at("recall@20").at("cut_off"), true);
  EXPECT_EQ(ended.at("runs")[0].at("ended_by"), "");
  EXPECT_LT(ended.at("runs")[0].at("epochs"), 400);
  EXPECT_EQ(ended.at("cut_off"), json::array());
  EXPECT_EQ(method(comparison, "popularity").at("cut_off"), json::array());
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("| mf † "), HasSubstr("- † mf: epochs ended 1 of 1 run, after 3 epochs"),
                                 Not(HasSubstr("patience=1 †")), Not(HasSubstr("popularity †"))));
  EXPECT_THAT(outcome.err, HasSubstr("cut off by epochs while it still gained"));
  // The same from what the run left.
  const Outcome again = compare({"--models", "mf;mf:epochs=400,patience=1;popularity", "--seeds", "1"});
  expect_done(again);
  EXPECT_EQ(again.out, outcome.out);
}

TEST_F(Experiments, WhereNoRunSucceedsTheMessageHasTheFirstOnesWords) {
  const Outcome outcome = compare({"--models", "mf:learning-rate=1e30,epochs=200", "--seeds", "1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(lines_of(outcome.err).back(),
              AllOf(HasSubstr("no run succeeded; mf:"), HasSubstr("said: [train] the loss became")));
}

TEST_F(Experiments, TuningTriesSettingsOnValidationOnly) {
  expect_done(compare({"--models", "itemknn,popularity", "--seeds", "1", "--tune", "3"}));
  const json comparison = document("comparison.json");
  const json& tuned = comparison.at("methods")[0];
  EXPECT_EQ(tuned.at("tuned"), true);
  ASSERT_EQ(tuned.at("trials").size(), 3U);
  double best = -1.0;
  json options;
  for (const json& trial : tuned.at("trials")) {
    EXPECT_THAT(trial.at("test"), IsEmpty());
    if (const double recall = trial.at("validation").at("recall@20"); recall > best) {
      best = recall;
      options = trial.at("options");
    }
  }
  EXPECT_EQ(tuned.at("options"), options);
  EXPECT_DOUBLE_EQ(tuned.at("validation").at("recall@20").at("mean"), best);
}

TEST_F(Experiments, AllModelsLeaveOutThoseThatNeedFeatures) {
  const Outcome outcome =
      compare({"--models", "all", "--seeds", "1", "--epochs", "1", "--modalities", "none", "--parallel", "2"});
  expect_done(outcome);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("skipped"), HasSubstr("vbpr"), HasSubstr("2 at a time")));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("| lightgcn"), Not(HasSubstr("| monet"))));
  expect_refused(compare({"--models", "mf,monet", "--modalities", "none"}), {"no item features", "monet"});
}

TEST_F(Experiments, ATerminalGetsABar) {
  if (!has_terminals()) GTEST_SKIP() << "no pseudo-terminals here: /dev/pts is not mounted";
  Launch launch;
  launch.terminal = true;
  const Outcome shown = run(arguments("compare", {"--models", "mf", "--seeds", "1"}), launch);
  expect_done(shown);
  EXPECT_THAT(shown.err, AllOf(HasSubstr("░ 0/1  mf, seed 0"), HasSubstr("done in")));
}

TEST_F(Experiments, AFolderOfSomethingElseIsLeftAlone) {
  expect_done(compare({"--models", "popularity", "--seeds", "1"}));
  const auto before = snapshot(path_of("out"));
  expect_refused(compare({"--models", "popularity", "--patience", "3"}), {"comparison.json", "patience=3", "--force"});
  write_mmrec(folder_ / "other");
  expect_refused(run({"compare", "--data", path_of("other"), "--models", "mf", "--out", path_of("out")}),
                 {"another dataset", "--force"});
  expect_refused(sweep({"--model", "mf"}), {"holds something else", "sweep.json"});
  EXPECT_EQ(snapshot(path_of("out")), before);

  write_text(folder_ / "out/comparison.json", "{\"format\": \"monet-comparison\",\n \"version\": 1, ");
  expect_refused(compare({"--models", "popularity", "--seeds", "1"}), {"comparison.json:2:", "damaged", "--force"});
  write_text(folder_ / "out/comparison.json", "{\"format\": \"monet-comparison\", \"version\": 1}");
  expect_refused(compare({"--models", "popularity", "--seeds", "1"}), {"damaged", "dataset"});
  expect_done(compare({"--models", "popularity", "--seeds", "1", "--patience", "3", "--force"}));

  write_text(folder_ / "out/runs/popularity-seed0/run.json", "{}");
  const Outcome damaged = compare({"--models", "popularity", "--seeds", "1", "--patience", "3"});
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_THAT(damaged.err, AllOf(HasSubstr("run.json"), HasSubstr("damaged")));

  write_text(folder_ / "thesis/chapter1.txt", "four years of work");
  expect_refused(run({"compare", "--data", data_, "--models", "mf", "--out", path_of("thesis"), "--force"}),
                 {"thesis", "something else"});
  EXPECT_EQ(read_text(folder_ / "thesis/chapter1.txt"), "four years of work");
  expect_refused(run({"sweep", "--data", data_, "--out", path_of("thesis/chapter1.txt")}), {"not a folder"});
}

TEST_F(Experiments, WrongWordsAreUsageErrors) {
  expect_usage_error(compare({"--models", "lightgnc"}), {"--models", "did you mean 'lightgcn'"});
  expect_usage_error(compare({"--models", "monet:alhpa=1"}), {"did you mean 'alpha'"});
  expect_usage_error(compare({"--models", "mf:alpha=1"}), {"mf has no option 'alpha'"});
  expect_usage_error(compare({"--models", "monet:beta=2"}), {"monet:beta=2", "between 0 and 1"});
  expect_usage_error(compare({"--models", "mf", "--seeds", "many"}), {"--seeds", "many"});
  expect_usage_error(sweep({"--grid", "alhpa=1"}), {"--grid", "did you mean 'alpha'"});
  expect_usage_error(sweep({"--grid", "beta=0.5,1.5"}), {"--grid", "1.5", "between 0 and 1"});
  expect_usage_error(sweep({"--grid", "alpha"}), {"--grid", "NAME=V,V"});
  expect_usage_error(sweep({"--grid", "alpha=1", "--grid", "alpha=2"}), {"twice"});
  expect_usage_error(sweep({"--model", "mf,monet"}), {"give one"});
  expect_usage_error(sweep({"--metric", "recal@20"}), {"did you mean 'recall@20'"});
  EXPECT_FALSE(std::filesystem::exists(path_of("out")));
}

TEST_F(Experiments, ASweepChoosesOnValidationAndWritesAConfiguration) {
  const std::vector<std::string> words{"--model", "monet:layers=1", "--grid", "alpha=0,1", "--grid", "beta=0,0.3"};
  const Outcome outcome = sweep(words);
  expect_done(outcome);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("alpha=0,beta=0.3"), HasSubstr("once, after the choice")));
  const json document = this->document("sweep.json");
  EXPECT_EQ(document.at("format"), "monet-sweep");
  EXPECT_EQ(document.at("complete"), true);
  EXPECT_EQ(document.at("search"), "grid");
  EXPECT_EQ(document.at("grid"), json::parse(R"({"alpha": [0, 1], "beta": [0, 0.3]})"));
  ASSERT_EQ(document.at("trials").size(), 4U);
  const auto chosen = document.at("best").get<std::size_t>();
  for (std::size_t n = 0; n < 4; ++n) {
    const json& trial = document.at("trials")[n];
    EXPECT_LE(trial.at("validation").at("recall@20"), document.at("trials")[chosen].at("validation").at("recall@20"));
    EXPECT_EQ(trial.at("test").empty(), n != chosen);
    const std::filesystem::path artifact = folder_ / "out" / trial.at("folder").get<std::string>() / "model";
    EXPECT_EQ(std::filesystem::exists(artifact), n == chosen);
  }
  // What it wrote trains the same model.
  const json& best = document.at("trials")[chosen];
  expect_done(run(
      {"train", "--config", path_of("out/best.toml"), "--data", data_, "--out", path_of("again"), "--threads", "1"}));
  const json config = json::parse(read_text(folder_ / "again/config.json"));
  EXPECT_EQ(config.at("metrics").at("validation").at("recall@20"), best.at("validation").at("recall@20"));
  EXPECT_EQ(config.at("hyper_parameters").at("layers"), 1);

  const Outcome again = sweep(words);
  expect_done(again);
  EXPECT_THAT(again.err, Not(HasSubstr("started")));
  EXPECT_EQ(again.out, outcome.out);

  // Killed between the end of a training and the note that it ended; and an artifact that is wanted but was not kept.
  const std::filesystem::path folder = folder_ / "out" / best.at("folder").get<std::string>();
  std::filesystem::remove(folder / "run.json");
  const Outcome noted = sweep(words);
  expect_done(noted);
  EXPECT_TRUE(std::filesystem::exists(folder / "run.json"));
  std::filesystem::remove_all(folder / "model");
  std::filesystem::remove(folder / "test.json");
  const Outcome retrained = sweep(words);
  expect_done(retrained);
  EXPECT_EQ(this->document("sweep.json").at("trials")[chosen].at("test"), best.at("test"));
}

TEST_F(Experiments, ARandomSearchDrawsFromTheGridAndAGridMayHoldLists) {
  expect_done(sweep({"--model", "mf", "--random", "2", "--epochs", "1"}));
  const json first = document("sweep.json");
  EXPECT_EQ(first.at("search"), "random");
  ASSERT_EQ(first.at("trials").size(), 2U);
  EXPECT_EQ(first.at("trials")[0].at("options").size(), 1U) << "the rate is given, so the grid is over weight decay";
  expect_done(sweep({"--model", "ngcf", "--grid", "layer-widths=4;4,4", "--grid", "dropout=0,0.1,weight-decay=0",
                     "--epochs", "1", "--seed", "5", "--force"}));
  EXPECT_EQ(document("sweep.json").at("seed"), 5);
  EXPECT_EQ(document("sweep.json").at("grid"),
            json::parse(R"({"layer-widths": [4, "4,4"], "dropout": [0, 0.1], "weight-decay": [0]})"));
  EXPECT_EQ(document("sweep.json").at("trials").size(), 4U);
}

TEST_F(Experiments, EvaluationTellsEveryUsersMetrics) {
  expect_done(run(train_arguments(data_, path_of("artifact"))));
  expect_done(run({"evaluate", "--artifact", path_of("artifact"), "--data", data_, "--k", "5", "--json",
                   path_of("all.json"), "--per-user", path_of("users.tsv")}));
  const auto lines = lines_of(read_text(folder_ / "users.tsv"));
  ASSERT_EQ(lines.size(), kUsers + 1);
  EXPECT_THAT(lines.front(), testing::StartsWith("user\trecall@5\tprecision@5\t"));
  double sum = 0.0;
  for (std::size_t n = 1; n < lines.size(); ++n) sum += std::stod(lines[n].substr(lines[n].find('\t') + 1));
  const json all = json::parse(read_text(folder_ / "all.json"));
  EXPECT_NEAR(all.at("metrics").at("recall@5"), sum / static_cast<double>(kUsers), 1e-12);
}

TEST_F(Experiments, ATrainingEndsWhenItsTimeIsUp) {
  const Outcome outcome = run(train_arguments(
      data_, path_of("artifact"), {"--epochs", "100000000", "--patience", "100000000", "--max-minutes", "0.005"}));
  expect_done(outcome);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("ended by --max-minutes 0.005"), HasSubstr("best at epoch")));
  const auto log = lines_of(read_text(folder_ / "artifact/train_log.jsonl"));
  EXPECT_EQ(json::parse(log.back()).at("ended_by"), "max_minutes");
  EXPECT_TRUE(json::parse(log.back()).contains("validation"));
}

}  // namespace
}  // namespace monet::test
