#include "monet/train/trainer.h"

#include "monet/artifact/artifact.h"
#include "monet/core/error.h"
#include "monet/core/files/safetensors.h"
#include "monet/data/load.h"
#include "monet/eval/evaluator.h"
#include "tests/train/trainer_fixture.h"

#include <cmath>
#include <sstream>

namespace monet::train {
namespace {

TEST_F(TrainerTest, LearnsAndLeavesAnArtifact) {
  class Losses : public Observer {
   public:
    std::vector<Validation> seen;
    void on_validation(const Validation& v) override { seen.push_back(v); }
  } observer;
  const auto result = run("a", observer);
  ASSERT_EQ(observer.seen.size(), 4U);  // epochs 0, 2, 4 and the last
  EXPECT_LT(observer.seen.back().loss, 0.8 * observer.seen.front().loss);
  EXPECT_EQ(result.epochs_run, 6);
  EXPECT_EQ(result.steps, 6 * (dataset_.train.nnz() / 64 + 1));
  EXPECT_FALSE(fs::exists(folder_ / "a.partial"));
  const auto artifact = artifact::Artifact::open(folder_ / "a");
  EXPECT_EQ(artifact.config().model, "monet");
  EXPECT_EQ(artifact.config().validation.at("recall@20"), result.validation.at("recall@20"));
  EXPECT_EQ(artifact.config().data_hash, dataset_.hash);
}

TEST_F(TrainerTest, KeepsTheBestEpochNotTheLast) {
  options_.epochs = 30;
  options_.patience = 3;
  options_.learning_rate = 0.05;  // overfits soon
  class Best : public Observer {
   public:
    double best = -1.0;
    int epoch = -1;
    void on_validation(const Validation& v) override {
      EXPECT_EQ(v.best, v.recall20 > best);
      if (v.recall20 > best) {
        best = v.recall20;
        epoch = v.epoch;
      }
    }
  } observer;
  const auto result = run("a", observer);
  EXPECT_EQ(result.best_epoch, observer.epoch);
  EXPECT_LT(result.epochs_run, 30);
  EXPECT_DOUBLE_EQ(result.validation.at("recall@20"), observer.best);
}

TEST_F(TrainerTest, TheSameSeedGivesTheSameBits) {
  run("a");
  run("b");
  EXPECT_EQ(bytes_of(folder_ / "a" / "model.safetensors"), bytes_of(folder_ / "b" / "model.safetensors"));
  options_.seed = 124;
  run("c");
  EXPECT_NE(bytes_of(folder_ / "a" / "model.safetensors"), bytes_of(folder_ / "c" / "model.safetensors"));
}

TEST_F(TrainerTest, ResumingGivesTheBitsOfAnUninterruptedRun) {
  const auto whole = run("whole");
  for (const int steps : {1, 30, 31, 77, 100}) {
    const std::string out = "cut" + std::to_string(steps);
    StopAfter observer(steps, stop_);
    EXPECT_THROW(run(out, observer), Interrupted);
    EXPECT_FALSE(fs::exists(folder_ / out));
    stop_ = false;
    options_.resume = true;
    const auto resumed = run(out);
    options_.resume = false;
    EXPECT_EQ(bytes_of(folder_ / "whole" / "model.safetensors"), bytes_of(folder_ / out / "model.safetensors"))
        << "after " << steps << " steps";
    EXPECT_EQ(resumed.best_epoch, whole.best_epoch);
    EXPECT_EQ(resumed.test, whole.test);
  }
}

// Models that draw as they go: a sample of the interactions an epoch, masks a step.
TEST_F(TrainerTest, ResumingGoesOnWithWhatAModelDrew) {
  for (const auto& [model, options] : {std::pair<const char*, Fields>{"freedom", {{"dim", 8}}},
                                       {"bm3", {{"dim", 8}, {"target-dropout", 0.5}}},
                                       {"smore", {{"dim", 8}, {"gate-dropout", 0.2}}}}) {
    model_ = models::ModelOptions(model, options);
    options_.sampling = models::Sampling::interactions;
    const std::string name(model);
    run(name);
    for (const int steps : {1, 30, 31, 77}) {
      const std::string out = name + std::to_string(steps);
      StopAfter observer(steps, stop_);
      EXPECT_THROW(run(out, observer), Interrupted);
      stop_ = false;
      options_.resume = true;
      run(out);
      options_.resume = false;
      EXPECT_EQ(bytes_of(folder_ / name / "model.safetensors"), bytes_of(folder_ / out / "model.safetensors"))
          << name << " after " << steps << " steps";
    }
  }
}

TEST_F(TrainerTest, APausedTrainingLeavesItsBestAndGoesOnAsIfNothingHadHappened) {
  const auto whole = run("whole");
  const std::vector<std::string> validations = validations_of("whole");
  options_.pause = true;
  options_.max_minutes = 1e-9;  // up after the first step
  const auto paused = run("cut");
  EXPECT_EQ(paused.steps, 1);
  EXPECT_EQ(paused.best_epoch, 0) << "validated where it stands";
  EXPECT_TRUE(paused.test.empty()) << "the test split is not for who is still in train";
  EXPECT_TRUE(fs::exists(folder_ / "cut.partial"));
  const artifact::Config config = artifact::Artifact::open(folder_ / "cut").config();
  EXPECT_EQ(config.validation, paused.validation);
  EXPECT_THAT(config.training, testing::Contains(std::pair<std::string, Value>("ended_by", "max_minutes")));
  EXPECT_THAT(validations_of("cut"), testing::IsEmpty()) << "none of those that patience counts";

  options_.resume = true;
  options_.max_minutes = 1e3;
  StopAfter observer(40, stop_);
  EXPECT_THROW(run("cut", observer), Interrupted);
  stop_ = false;
  options_.max_minutes = 1e-9;
  EXPECT_EQ(run("cut").steps, 41);
  options_.max_minutes = 0.0;
  const auto resumed = run("cut");
  EXPECT_EQ(resumed.steps, whole.steps);
  EXPECT_EQ(validations_of("cut"), validations);
  EXPECT_GE(resumed.validation.at("recall@20"), whole.validation.at("recall@20"));
  EXPECT_TRUE(fs::exists(folder_ / "cut.partial")) << "its limits may be raised";
  options_.epochs = 8;
  EXPECT_EQ(run("cut").epochs_run, 8);
  options_.pause = false;
  run("cut");
  EXPECT_FALSE(fs::exists(folder_ / "cut.partial"));
}

TEST_F(TrainerTest, ATrainingThatIsAskedToFinishLeavesItsBest) {
  options_.out = folder_ / "asked";
  int steps = 0;
  TrainHooks hooks;
  hooks.should_finish = [&steps] { return ++steps == 50; };
  const TrainResult result = train(dataset_, model_, options_, pool_, hooks);
  EXPECT_TRUE(result.stopped);
  EXPECT_FALSE(result.out_of_time);
  EXPECT_EQ(result.steps, 50);
  EXPECT_FALSE(result.test.empty());
  EXPECT_FALSE(fs::exists(folder_ / "asked.partial"));
  const artifact::Config config = artifact::Artifact::open(folder_ / "asked").config();
  EXPECT_THAT(config.training, testing::Contains(std::pair<std::string, Value>("ended_by", "stopped")));
  EXPECT_EQ(validations_of("asked").size(), 2U) << "epoch 0, and where it was asked";
  EXPECT_FALSE(run("whole").stopped);
}

TEST_F(TrainerTest, ATrainingMayGoOnWithAnotherNumberOfThreads) {
  StopAfter observer(30, stop_);
  EXPECT_THROW(run("a", observer), Interrupted);
  options_.resume = true;
  ThreadPool two(2);
  EXPECT_EQ(train(dataset_, model_, options_, two).epochs_run, 6);
}

TEST_F(TrainerTest, ATrainingMayGoOnWithMorePatience) {
  StopAfter observer(30, stop_);
  EXPECT_THROW(run("a", observer), Interrupted);
  stop_ = false;
  options_.resume = true;
  options_.patience = 20;
  EXPECT_EQ(run("a").epochs_run, 6);
}

TEST_F(TrainerTest, AnUnfinishedTrainingIsNotOverwritten) {
  StopAfter observer(5, stop_);
  EXPECT_THROW(run("a", observer), Interrupted);
  stop_ = false;
  EXPECT_THROW(run("a"), InvalidArgument);
  options_.force = true;
  EXPECT_NO_THROW(run("a"));
}

TEST_F(TrainerTest, ResumingNeedsAnUnfinishedTraining) {
  options_.resume = true;
  EXPECT_THROW(run("a"), InvalidArgument);
  EXPECT_FALSE(fs::exists(folder_ / "a.partial"));
  // Killed before the first checkpoint: only the folder is there.
  fs::create_directories(folder_ / "b.partial");
  EXPECT_NO_THROW(run("b"));
}

TEST_F(TrainerTest, ResumingWithOtherOptionsNamesTheDifference) {
  StopAfter observer(5, stop_);
  EXPECT_THROW(run("a", observer), Interrupted);
  stop_ = false;
  options_.resume = true;
  model_.set("alpha", 0.5);
  try {
    run("a");
    FAIL() << "resumed";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("alpha"), testing::HasSubstr("0.5")));
  }
}

TEST_F(TrainerTest, AnArtifactIsNotOverwrittenWithoutForce) {
  options_.epochs = 1;
  run("a");
  const std::string before = bytes_of(folder_ / "a" / "model.safetensors");
  options_.seed = 9;
  EXPECT_THROW(run("a"), InvalidArgument);
  EXPECT_EQ(bytes_of(folder_ / "a" / "model.safetensors"), before);
  EXPECT_FALSE(fs::exists(folder_ / "a.partial"));
  options_.force = true;
  run("a");
  EXPECT_NE(bytes_of(folder_ / "a" / "model.safetensors"), before);
}

TEST_F(TrainerTest, AsksBeforeTrainingWhetherTheOutputMayBeReplaced) {
  fs::create_directories(folder_ / "thesis");
  std::ofstream(folder_ / "thesis" / "chapter") << "years of work";
  options_.force = true;  // replaces what a training wrote, and nothing else
  class Steps : public Observer {
   public:
    int seen = 0;
    void on_step(const Progress&) override { ++seen; }
  } observer;
  EXPECT_THROW(run("thesis", observer), InvalidArgument);
  EXPECT_EQ(observer.seen, 0);
  EXPECT_TRUE(fs::exists(folder_ / "thesis" / "chapter"));
  EXPECT_FALSE(fs::exists(folder_ / "thesis.partial"));
}

TEST_F(TrainerTest, AProcessThatIsNotTheFirstWritesNothing) {
  const TrainResult first = run("first");
  options_.first_process = false;
  const TrainResult other = run("other");
  EXPECT_EQ(other.test, first.test);
  EXPECT_EQ(other.best_epoch, first.best_epoch);
  EXPECT_FALSE(fs::exists(folder_ / "other"));
  EXPECT_FALSE(fs::exists(folder_ / "other.partial"));
}

TEST_F(TrainerTest, NoEpochsWriteTheInitialEmbeddings) {
  options_.epochs = 0;
  const auto result = run("a");
  EXPECT_EQ(result.steps, 0);
  EXPECT_EQ(result.best_epoch, -1);
  const auto first = bytes_of(folder_ / "a" / "model.safetensors");
  // Its own parameters lead to the same embeddings.
  options_.init = folder_ / "a" / "model.safetensors";
  options_.seed = 77;
  run("b");
  EXPECT_EQ(bytes_of(folder_ / "b" / "model.safetensors"), first);
}

TEST_F(TrainerTest, MaxStepsEndsAndCanBeRaised) {
  options_.max_steps = 40;
  EXPECT_EQ(run("a").steps, 40);
}

TEST_F(TrainerTest, ALossThatIsNotFiniteStopsWithAdvice) {
  options_.learning_rate = 1e30;
  try {
    run("a");
    FAIL() << "trained";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("step"), testing::HasSubstr("learning rate"),
                                             testing::HasSubstr("`learning-rate`")));
  }
  EXPECT_FALSE(fs::exists(folder_ / "a"));
}

TEST_F(TrainerTest, WithoutValidationTheLastEpochIsKept) {
  dataset_.validation = Csr(dataset_.num_users(), dataset_.num_items());
  const auto result = run("a");
  EXPECT_EQ(result.epochs_run, 6);
  EXPECT_EQ(result.best_epoch, 5);
  EXPECT_TRUE(result.validation.empty());
  EXPECT_FALSE(result.test.empty());
}

TEST_F(TrainerTest, ResumingWithOtherWeightsIsRefusedAsOtherData) {
  dataset_.weights.assign(dataset_.train.indices().size(), 1.0F);
  dataset_.weights[0] = 0.5F;
  dataset_.hash = data::content_hash(dataset_);
  StopAfter observer(5, stop_);
  EXPECT_THROW(run("a", observer), Interrupted);
  stop_ = false;
  options_.resume = true;
  dataset_.weights[0] = 0.25F;
  dataset_.hash = data::content_hash(dataset_);
  try {
    run("a");
    FAIL() << "resumed";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("was started with data = "));
  }
}

TEST_F(TrainerTest, SaysWhatBecomesOfWeights) {
  class Heard : public Observer {
   public:
    std::vector<std::string> lines;
    void on_start(const std::vector<std::string>& said) override { lines = said; }
  };
  Heard unweighted;
  run("a", unweighted);
  EXPECT_THAT(unweighted.lines, testing::Each(testing::Not(testing::HasSubstr("weight"))));
  dataset_.weights.assign(dataset_.train.indices().size(), 1.0F);
  dataset_.weights[0] = 0.5F;
  Heard trained;
  run("b", trained);
  EXPECT_THAT(trained.lines, testing::Contains("positives are drawn in proportion to their weights"));
  model_ = models::ModelOptions("popularity");
  Heard counted;
  run("c", counted);
  EXPECT_THAT(counted.lines, testing::Contains("popularity counts every interaction as one, whatever it weighs"));
}

}  // namespace
}  // namespace monet::train
