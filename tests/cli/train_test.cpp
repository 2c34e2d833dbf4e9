// Training as a user meets it: what it writes and prints, overwriting, stopping and going on.
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

class Train : public Scratch {
 protected:
  /// Long enough to be stopped in the middle (it checkpoints every few milliseconds).
  std::vector<std::string> endless(const std::string& out, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = train_arguments(data_, out, {"--epochs", "100000", "--patience", "100000"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  std::string data_ = make_data();
};

TEST_F(Train, LeavesTheFilesOfAnArtifactAndNothingElse) {
  const std::string out = path_of("artifact");
  const Outcome outcome = run(train_arguments(data_, out));
  expect_done(outcome);
  std::vector<std::string> names;
  for (const auto& [name, content] : snapshot(out)) names.push_back(name);
  EXPECT_THAT(names,
              ::testing::ElementsAre("config.json", "items.tsv", "model.safetensors", "train_log.jsonl", "users.tsv"));
  std::vector<std::string> beside;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    beside.push_back(entry.path().filename().string());
  EXPECT_THAT(beside, ::testing::UnorderedElementsAre("artifact", "data"));

  const json config = json::parse(read_text(folder_ / "artifact/config.json"));
  EXPECT_EQ(config.at("kind"), "target_aware");
  const auto log = lines_of(read_text(folder_ / "artifact/train_log.jsonl"));
  ASSERT_GE(log.size(), 2U) << "a validation after epochs 0 and 5";
  for (const std::string& line : log) EXPECT_TRUE(json::accept(line)) << line;
}

TEST_F(Train, APipeGetsPlainLines) {
  const Outcome piped = run(train_arguments(data_, path_of("piped")));
  expect_done(piped);
  EXPECT_THAT(piped.err, AllOf(Not(HasSubstr("\r")), Not(HasSubstr("\x1b")), HasSubstr("recall@20")));
}

TEST_F(Train, ATerminalGetsAProgressBar) {
  if (!has_terminals()) GTEST_SKIP() << "no pseudo-terminals here: /dev/pts is not mounted";
  Launch launch;
  launch.terminal = true;
  const Outcome shown = run(train_arguments(data_, path_of("shown")), launch);
  expect_done(shown);
  // The terminal driver turns "\n" into "\r\n"; a bar redraws its line with "\r" alone.
  std::size_t redraws = 0;
  for (std::size_t i = 0; i + 1 < shown.err.size(); ++i)
    redraws += shown.err[i] == '\r' && shown.err[i + 1] != '\n' && shown.err[i + 1] != '\r' ? 1 : 0;
  EXPECT_GT(redraws, 0U) << shown.err;
  EXPECT_THAT(shown.err, HasSubstr("steps/s"));
}

TEST_F(Train, TheSameSeedGivesTheSameBitsAndAnotherSeedOthers) {
  expect_done(run(train_arguments(data_, path_of("a"))));
  expect_done(run(train_arguments(data_, path_of("b"))));
  expect_done(run(train_arguments(data_, path_of("c"), {"--seed", "2"})));
  EXPECT_TRUE(read_text(folder_ / "a/model.safetensors") == read_text(folder_ / "b/model.safetensors"));
  EXPECT_NE(read_text(folder_ / "a/model.safetensors"), read_text(folder_ / "c/model.safetensors"));
}

TEST_F(Train, AnArtifactThatIsThereIsReplacedOnlyWithForce) {
  const std::string out = make_artifact();
  const auto before = snapshot(out);
  expect_refused(run(train_arguments(data_, out, {"--seed", "2"})), {"artifact", "--force"});
  EXPECT_EQ(snapshot(out), before);
  expect_done(run(train_arguments(data_, out, {"--seed", "2", "--force"})));
  EXPECT_NE(snapshot(out).at("model.safetensors"), before.at("model.safetensors"));
}

TEST_F(Train, ForceDoesNotDeleteAFolderThatIsNoArtifact) {
  write_text(folder_ / "thesis/chapter1.txt", "four years of work");
  const Outcome outcome = run(train_arguments(data_, path_of("thesis"), {"--force"}));
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(read_text(folder_ / "thesis/chapter1.txt"), "four years of work");
}

TEST_F(Train, NoEpochsOnlyComputesTheEmbeddings) {
  expect_done(run(train_arguments(data_, path_of("zero"), {"--epochs", "0"})));
  EXPECT_TRUE(std::filesystem::exists(path_of("zero/model.safetensors")));
  // What was written serves as a start, and then gives the same embeddings.
  expect_done(run(train_arguments(data_, path_of("again"),
                                  {"--epochs", "0", "--seed", "99", "--init", path_of("zero/model.safetensors")})));
  EXPECT_TRUE(read_text(folder_ / "zero/model.safetensors") == read_text(folder_ / "again/model.safetensors"));
}

TEST_F(Train, CtrlCLeavesACheckpointAndResumeEndsAsIfNothingHadHappened) {
  const std::vector<std::string> length{"--epochs", "600", "--patience", "100000"};
  expect_done(run(train_arguments(data_, path_of("whole"), length)));

  std::vector<std::string> arguments = train_arguments(data_, path_of("stopped"), length);
  Program program(arguments);
  ASSERT_TRUE(program.wait_for(path_of("stopped.partial"))) << program.wait().err;
  program.send(SIGINT);
  const Outcome stopped = program.wait(std::chrono::seconds(30));
  ASSERT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("--resume"));
  EXPECT_FALSE(std::filesystem::exists(path_of("stopped")));
  EXPECT_TRUE(std::filesystem::exists(path_of("stopped.partial")));

  arguments.emplace_back("--resume");
  expect_done(run(arguments));
  EXPECT_FALSE(std::filesystem::exists(path_of("stopped.partial")));
  EXPECT_TRUE(read_text(folder_ / "stopped/model.safetensors") == read_text(folder_ / "whole/model.safetensors"));
  EXPECT_EQ(lines_of(read_text(folder_ / "stopped/train_log.jsonl")).size(),
            lines_of(read_text(folder_ / "whole/train_log.jsonl")).size());
}

TEST_F(Train, CtrlCAtOnceIsCleanToo) {
  Program program(endless(path_of("artifact")));
  program.send(SIGINT);
  const Outcome outcome = program.wait(std::chrono::seconds(30));
  EXPECT_TRUE(outcome.exit_code == 130 || outcome.signal == SIGINT) << outcome.exit_code << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(path_of("artifact")));
}

TEST_F(Train, TerminationIsMetLikeCtrlC) {
  Program program(endless(path_of("artifact")));
  ASSERT_TRUE(program.wait_for(path_of("artifact.partial")));
  program.send(SIGTERM);
  const Outcome outcome = program.wait(std::chrono::seconds(30));
  EXPECT_EQ(outcome.exit_code, 130) << outcome.err;
  EXPECT_TRUE(std::filesystem::exists(path_of("artifact.partial")));
}

TEST_F(Train, ResumeRefusesWhatItCannotGoOnWith) {
  Program program(endless(path_of("artifact")));
  ASSERT_TRUE(program.wait_for(path_of("artifact.partial/checkpoint.safetensors")));
  program.send(SIGINT);
  ASSERT_EQ(program.wait().exit_code, 130);
  const auto before = snapshot(path_of("artifact.partial"));
  expect_refused(run(endless(path_of("artifact"), {"--resume", "--dim", "4"})), {"dim"});
  write_text(folder_ / "data/image_feat.npy", npy_features(kItems, kWidth, 9));
  expect_refused(run(endless(path_of("artifact"), {"--resume"})), {"data"});
  EXPECT_EQ(snapshot(path_of("artifact.partial")), before);
}

TEST_F(Train, ResumeWithNothingToGoOnFromIsRefused) {
  expect_refused(run(train_arguments(data_, path_of("artifact"), {"--resume"})), {"artifact.partial", "--resume"});
  EXPECT_FALSE(std::filesystem::exists(path_of("artifact")));
  EXPECT_FALSE(std::filesystem::exists(path_of("artifact.partial")));
  // A training killed before its first checkpoint leaves only the folder: going on from there is beginning again.
  std::filesystem::create_directory(path_of("artifact.partial"));
  expect_done(run(train_arguments(data_, path_of("artifact"), {"--resume"})));
}

TEST_F(Train, AnAbandonedTrainingIsNotOverwrittenSilently) {
  Program program(endless(path_of("artifact")));
  ASSERT_TRUE(program.wait_for(path_of("artifact.partial")));
  program.send(SIGINT);
  ASSERT_EQ(program.wait().exit_code, 130);
  expect_refused(run(train_arguments(data_, path_of("artifact"))), {"artifact.partial", "--resume", "--force"});
  expect_done(run(train_arguments(data_, path_of("artifact"), {"--force"})));
  EXPECT_FALSE(std::filesystem::exists(path_of("artifact.partial")));
}

TEST_F(Train, ALossThatIsNotFiniteStopsWithAdvice) {
  const Outcome outcome =
      run(train_arguments(data_, path_of("artifact"), {"--learning-rate", "1e30", "--epochs", "200"}));
  EXPECT_EQ(outcome.exit_code, 1);
  const auto lines = lines_of(outcome.err);
  ASSERT_THAT(lines, Not(IsEmpty()));
  EXPECT_THAT(lines.back(), AllOf(HasSubstr("step"), HasSubstr("learning")));
  EXPECT_FALSE(std::filesystem::exists(path_of("artifact")));
}

TEST_F(Train, EveryVariantTrainsAndIsReadBack) {
  const std::vector<std::vector<std::string>> variants{{"--fusion", "sum"},
                                                       {"--fusion", "weighted_sum"},
                                                       {"--fusion", "fc"},
                                                       {"--encoder", "lightgcn"},
                                                       {"--encoder", "none"},
                                                       {"--collaborative", "lightgcn"},
                                                       {"--collaborative", "megcn"},
                                                       {"--target-aware", "off"},
                                                       {"--normalize-self", "on"},
                                                       {"--features-dtype", "bf16"},
                                                       {"--features-layout", "both"},
                                                       {"--exclude-target", "on"},
                                                       {"--normalize-features", "off"},
                                                       {"--layers", "0"},
                                                       {"--threads", "2"}};
  for (const auto& variant : variants) {
    std::vector<std::string> more{"--force"};
    more.insert(more.end(), variant.begin(), variant.end());
    SCOPED_TRACE(variant.front() + " " + variant.back());
    expect_done(run(train_arguments(data_, path_of("artifact"), more)));
    const Outcome outcome =
        run({"recommend", "--artifact", path_of("artifact"), "--users", "all", "--k", "4", "--format", "tsv"});
    expect_done(outcome);
    EXPECT_EQ(lines_of(outcome.out).size(), kUsers * 4);
  }
}

TEST_F(Train, EvaluateReadsATableAsTrainingDid) {
  std::string table = "user,item,timestamp\n";
  for (std::size_t user = 0; user < kUsers; ++user) {
    for (const std::size_t item : training_items(user))
      table += "u" + std::to_string(user) + ",i" + std::to_string(item) + "," + std::to_string(31 * item % 17) + "\n";
  }
  write_text(folder_ / "log.csv", table);
  const auto train_with = [&](const std::string& out, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = train_arguments(path_of("log.csv"), out, more);
    std::replace(arguments.begin(), arguments.end(), std::string("monet"), std::string("mf"));
    expect_done(run(arguments));
  };
  train_with(path_of("a"), {"--split-by", "time"});
  const std::vector<std::string> again{"evaluate", "--artifact", path_of("a"), "--data", path_of("log.csv")};
  expect_done(run(again));
  // What is asked for otherwise stands, and is another split.
  train_with(path_of("b"), {"--split-seed", "5"});
  expect_refused(run({"evaluate", "--artifact", path_of("b"), "--data", path_of("log.csv"), "--split-seed", "6"}),
                 {"log.csv", "hash", "--force"});
}

}  // namespace
}  // namespace monet::test
