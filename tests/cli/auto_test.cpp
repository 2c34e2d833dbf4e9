// `monet auto` and `sweep --race` as a user meets them: what is found, going on, refusals.
#include "tests/cli/scratch.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>

namespace monet::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Auto : public Scratch {
 protected:
  std::vector<std::string> arguments(const std::string& methods, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"auto", "--data",    data_, "--out",     path_of("out"), "--threads",
                                   "2",    "--minutes", "5",   "--methods", methods};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  json document(const std::string& name = "auto.json") const { return json::parse(read_text(folder_ / "out" / name)); }
  bool there(const std::string& name) const { return std::filesystem::exists(folder_ / "out" / name); }

  const std::string data_ = make_data();
};

const json& candidate_of(const json& document, const std::string& label) {
  const json& all = document.at("candidates");
  return *std::find_if(all.begin(), all.end(), [&](const json& one) { return one.at("label") == label; });
}

/// Trainings that their epochs end.
constexpr const char* kShort =
    "popularity;itemknn:shrink=0;mf:epochs=6,batch-size=16,dim=4;mf:epochs=6,batch-size=16,dim=8;"
    "monet:epochs=6,batch-size=16,dim=4,target-aware=off";
/// Trainings that only the time ends.
constexpr const char* kLong =
    "mf:epochs=1000000,patience=1000000,batch-size=16,dim=4;lightgcn:epochs=1000000,patience=1000000,dim=4";

TEST_F(Auto, SettingsThatComeToTheSameTakeOnePlace) {
  expect_done(run(arguments("itemknn:shrink=1;itemknn:shrink=1.0;itemknn:shrink=500;popularity;rp3beta:beta=0.3")));
  const json found = document();
  ASSERT_EQ(found.at("candidates").size(), 5U);
  int same = 0;
  for (const json& method : found.at("final").at("methods")) {
    const std::string label = method.at("label");
    same += label == "itemknn:shrink=1" || label == "itemknn:shrink=1.0" ? 1 : 0;
  }
  EXPECT_EQ(found.at("final").at("methods").size(), 3U);
  EXPECT_LE(same, 1);
}

TEST_F(Auto, LeavesTheBestWithItsReasons) {
  const Outcome outcome = run(arguments(kShort, {"--seeds", "2"}));
  expect_done(outcome);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("5 candidates"), HasSubstr("rung 1"), Not(HasSubstr("\r"))));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("# The best method for data"), HasSubstr("lies in `model/`"),
                                 HasSubstr("## The best 3"), HasSubstr("## The race"), HasSubstr("auto.html")));
  const json found = document();
  EXPECT_EQ(found.at("format"), "monet-auto");
  EXPECT_EQ(found.at("complete"), true);
  ASSERT_EQ(found.at("candidates").size(), 5U);
  double best = -1.0;
  for (const json& candidate : found.at("candidates")) {
    EXPECT_EQ(candidate.at("state"), "finished") << candidate.at("label");
    EXPECT_EQ(candidate.at("rungs"), 1);
    best = std::max(best, candidate.at("validation").at("recall@20").get<double>());
  }
  EXPECT_EQ(candidate_of(found, "mf:epochs=6,batch-size=16,dim=4").at("epochs"), 6);
  EXPECT_EQ(found.at("split"), "test");
  ASSERT_EQ(found.at("final").at("methods").size(), 3U);
  for (const json& method : found.at("final").at("methods")) {
    const bool trained = candidate_of(found, method.at("label")).at("trained");
    EXPECT_EQ(method.at("runs").size(), trained ? 2U : 1U) << method.at("label") << ": a seed changes nothing at once";
    EXPECT_EQ(method.at("tests").at("recall@20").at("users"), kUsers);
  }
  EXPECT_FALSE(found.at("reasons").empty());
  EXPECT_NE(found.at("sure"), "");
  EXPECT_NE(found.at("more"), "");

  // What it left is an artifact and pages like any.
  const Outcome lists =
      run({"recommend", "--artifact", path_of("out/model"), "--users", "all", "--k", "3", "--format", "tsv"});
  expect_done(lists);
  EXPECT_EQ(lines_of(lists.out).size(), 3 * kUsers);
  const json& chosen = found.at("choice");
  const json config = json::parse(read_text(folder_ / "out/model/config.json"));
  EXPECT_EQ(config.at("model"), candidate_of(found, chosen.at("chosen")).at("model"));
  EXPECT_THAT(read_text(folder_ / "out/auto.html"), HasSubstr("The best method for data"));
  expect_done(run({"report", path_of("out")}));

  const auto before = snapshot(path_of("out/runs"));
  const Outcome again = run(arguments(kShort, {"--seeds", "2"}));
  expect_done(again);
  EXPECT_EQ(again.out, outcome.out);
  EXPECT_EQ(snapshot(path_of("out/runs")), before) << "nothing was done again";
  expect_refused(run(arguments("mf", {"--seeds", "2"})), {"auto.json", "methods", "--force"});
  expect_done(run(arguments("popularity", {"--force"})));
  EXPECT_FALSE(there("runs/itemknn-shrink=0"));
}

TEST_F(Auto, SaysWhatEachModalityAdds) {
  expect_done(run(arguments("monet:epochs=6,batch-size=16,dim=4,target-aware=off", {"--seeds", "1"})));
  const json found = document();
  ASSERT_EQ(found.at("without").size(), 2U);
  EXPECT_EQ(found.at("without")[0].at("modality"), "image");
  EXPECT_EQ(found.at("without")[1].at("state"), "done");
  EXPECT_EQ(found.at("without")[1].at("epochs"), 6);
  const std::string folder = found.at("without")[1].at("folder");
  const json config = json::parse(read_text(folder_ / "out" / folder / "model/config.json"));
  EXPECT_THAT(config.dump(), Not(HasSubstr("item_embedding.text")));
  EXPECT_THAT(read_text(folder_ / "out/auto.md"), HasSubstr("without text"));
}

TEST_F(Auto, GoesOnAfterAnInterruptionAndWithMoreMinutes) {
  const std::vector<std::string> words = arguments(kLong, {"--minutes", "0.15", "--seeds", "1"});
  Program program(words);
  ASSERT_TRUE(program.wait_for(
      path_of("out/runs/mf-epochs=1000000+patience=1000000+batch-size=16+dim=4/model.partial/checkpoint.safetensors")));
  program.send(SIGINT);
  const Outcome stopped = program.wait();
  ASSERT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_THAT(lines_of(stopped.err).back(), HasSubstr("same command"));
  EXPECT_EQ(document().at("complete"), false);

  const Outcome ended = run(words);
  expect_done(ended);
  EXPECT_THAT(ended.err, HasSubstr("going on with"));
  const json found = document();
  EXPECT_EQ(found.at("complete"), true);
  const json& raced = found.at("candidates")[0];
  EXPECT_EQ(raced.at("state"), "racing") << "it might train on";
  EXPECT_THAT(read_text(folder_ / "out" / raced.at("folder").get<std::string>() / "1-train.err"),
              HasSubstr("resuming at epoch"));
  EXPECT_THAT(found.at("more").get<std::string>(), HasSubstr("still gained when the time was up"));

  // With fewer minutes than were used nothing is trained any more.
  std::vector<std::string> shorter = words;
  std::replace(shorter.begin(), shorter.end(), std::string("0.15"), std::string("0.01"));
  const Outcome hurried = run(shorter);
  expect_done(hurried);
  EXPECT_EQ(document().at("candidates")[0].at("rungs"), raced.at("rungs"));

  std::vector<std::string> longer = words;
  std::replace(longer.begin(), longer.end(), std::string("0.15"), std::string("0.6"));
  expect_done(run(longer));
  const json after = document();
  EXPECT_GT(after.at("candidates")[0].at("epochs"), raced.at("epochs"));
  EXPECT_EQ(after.at("candidates")[0].at("rungs").get<int>() > raced.at("rungs").get<int>(), true);
}

TEST_F(Auto, HalvesTheField) {
  std::string methods;
  for (const char* rate : {"0.0001", "0.001", "0.003", "0.01", "0.03"}) {
    methods += std::string("mf:epochs=1000000,patience=1000000,batch-size=16,dim=4,learning-rate=") + rate + ";";
  }
  expect_done(run(arguments(methods, {"--minutes", "0.2", "--seeds", "1"})));
  const json found = document();
  int out = 0;
  int standing = 0;
  for (const json& candidate : found.at("candidates")) {
    standing += candidate.at("state") == "racing" ? 1 : 0;
    if (candidate.at("state") != "out") continue;
    ++out;
    EXPECT_FALSE(there(candidate.at("folder").get<std::string>() + "/model")) << "what is out takes no room";
    EXPECT_FALSE(there(candidate.at("folder").get<std::string>() + "/model.partial"));
  }
  EXPECT_EQ(standing, 3) << "of five";
  EXPECT_GE(out, 1) << "a busy machine may have had no time for the last";
}

TEST_F(Auto, WhatCannotTakePartIsLeftOutWithAWord) {
  const Outcome outcome = run(arguments("popularity;monet:epochs=2,dim=4", {"--modalities", "none", "--seeds", "1"}));
  expect_done(outcome);
  EXPECT_THAT(outcome.err, HasSubstr("monet:epochs=2,dim=4: left out, it needs item features"));
  EXPECT_EQ(document().at("candidates")[1].at("state"), "left out");
  EXPECT_EQ(document().at("choice").at("chosen"), "popularity");
  const Outcome small = run(arguments("popularity;mf", {"--memory", "0.01", "--force"}));
  EXPECT_EQ(small.exit_code, 1);
  EXPECT_THAT(small.err, AllOf(HasSubstr("GB of memory"), HasSubstr("none could be begun")));
}

TEST_F(Auto, AFailureIsToldInItsOwnWordsAndEndsNothing) {
  expect_done(run(arguments("mf:learning-rate=1e30,epochs=200;popularity", {"--seeds", "1"})));
  const json found = document();
  EXPECT_EQ(found.at("candidates")[0].at("state"), "failed");
  const std::string error = found.at("candidates")[0].at("error").get<std::string>();
  EXPECT_THAT(error, AnyOf(HasSubstr("the loss became"), HasSubstr("the model has diverged")));
  EXPECT_EQ(found.at("choice").at("chosen"), "popularity");
  EXPECT_THAT(read_text(folder_ / "out/auto.md"), HasSubstr("failed: " + error));

  const Outcome all = run(arguments("mf:learning-rate=1e30,epochs=200", {"--force"}));
  EXPECT_EQ(all.exit_code, 1);
  EXPECT_THAT(lines_of(all.err).back(),
              AllOf(HasSubstr("no candidate came through; mf:"), HasSubstr("said: " + error)));
}

TEST_F(Auto, ADatasetWithoutValidationIsRefused) {
  write_text(folder_ / "data/5-core/val.json", "{}");
  expect_refused(run(arguments("popularity")), {"no validation split", "chosen by it"});
  EXPECT_FALSE(there(""));
}

TEST_F(Auto, WrongWordsAreUsageErrors) {
  expect_usage_error(run(arguments("lightgnc")), {"--methods", "did you mean 'lightgcn'"});
  expect_usage_error(run(arguments("mf:alpha=1")), {"mf has no option 'alpha'"});
  expect_usage_error(run(arguments("mf", {"--metric", "recal@20"})), {"did you mean 'recall@20'"});
  expect_usage_error(run(arguments("mf", {"--minutes", "0"})), {"--minutes"});
  EXPECT_FALSE(there(""));
}

TEST_F(Auto, ATerminalGetsATableOfThoseThatStand) {
  if (!has_terminals()) GTEST_SKIP() << "no pseudo-terminals here: /dev/pts is not mounted";
  Launch launch;
  launch.terminal = true;
  const Outcome shown = run(arguments("popularity;mf:epochs=40,batch-size=16,dim=4", {"--seeds", "1"}), launch);
  expect_done(shown);
  EXPECT_THAT(shown.err, AllOf(HasSubstr("candidate"), HasSubstr("of 5:00"), HasSubstr("runs 0:0")));
}

TEST_F(Auto, ASweepMayRaceItsTrials) {
  const std::vector<std::string> words{"sweep",
                                       "--data",
                                       data_,
                                       "--out",
                                       path_of("out"),
                                       "--model",
                                       "mf:dim=4",
                                       "--threads",
                                       "1",
                                       "--parallel",
                                       "2",
                                       "--epochs",
                                       "1000000",
                                       "--patience",
                                       "1000000",
                                       "--grid",
                                       "learning-rate=0.0001,0.001,0.003,0.01,0.03",
                                       "--batch-size",
                                       "16",
                                       "--race",
                                       "0.1"};
  const Outcome outcome = run(words);
  expect_done(outcome);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("out after rung"), HasSubstr("once, after the choice")));
  const json raced = document("sweep.json");
  EXPECT_EQ(raced.at("complete"), true);
  ASSERT_EQ(raced.at("race").size(), 5U);
  const auto best = raced.at("best").get<std::size_t>();
  EXPECT_EQ(raced.at("race")[best].at("state"), "racing");
  EXPECT_FALSE(raced.at("trials")[best].at("test").empty());
  EXPECT_TRUE(there(raced.at("trials")[best].at("folder").get<std::string>() + "/model/config.json"));
  expect_done(run({"report", path_of("out")}));
  // What raced is no sweep to go on with.
  const std::vector<std::string> plain(words.begin(), words.end() - 2);
  expect_refused(run(plain), {"race 'on', not nothing"});
  std::vector<std::string> both = words;
  both.insert(both.end(), {"--max-minutes-per-model", "1"});
  expect_usage_error(run(both), {"--max-minutes-per-model", "--race"});
}

}  // namespace
}  // namespace monet::test
