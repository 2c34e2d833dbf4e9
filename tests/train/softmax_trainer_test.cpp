// Training by the softmax loss, and the popularity term that is chosen for it.
#include "monet/artifact/artifact.h"
#include "monet/core/error.h"
#include "monet/eval/evaluator.h"
#include "monet/models/registry.h"
#include "tests/train/trainer_fixture.h"

#include <cmath>
#include <sstream>

namespace monet::train {
namespace {

class SoftmaxTrainerTest : public TrainerTest {
 protected:
  void SetUp() override {
    TrainerTest::SetUp();
    model_ = models::ModelOptions("monet-softmax", {{"dim", 16}});
    options_.use(models::registration("monet-softmax").training);
    options_.epochs = 4;
    options_.batch_size = 256;
    options_.validate_every = 2;
    options_.learning_rate = 5e-3;
  }
};

/// The weights of the popularity term that a training's log names.
std::vector<double> popularity_weights(std::string_view log) {
  std::vector<double> weights;
  std::istringstream lines{std::string(log)};
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("popularity")) weights.push_back(json.at("popularity"));
  }
  return weights;
}

TEST_F(SoftmaxTrainerTest, EveryDoorRanksWithTheArtifactsPopularity) {
  const TrainResult result = run("a");
  const auto artifact = artifact::Artifact::open(folder_ / "a");
  const scoring::Scoring scoring = artifact.scoring();
  ASSERT_EQ(static_cast<Index>(scoring.item_prior.size()), dataset_.num_items());
  eval::EvaluateOptions all;
  all.ks = {20};
  const auto with = eval::evaluate(pool_, scoring, dataset_.test, all).metrics;
  EXPECT_DOUBLE_EQ(with.at("recall@20"), result.test.at("recall@20"));
  EXPECT_EQ(popularity_weights(artifact.train_log()).size(), 3U);
  // What was chosen is kept, and is the bias and the term together.
  double chosen = -1.0;
  for (const auto& [name, value] : artifact.config().training) {
    if (name == "popularity") chosen = std::get<double>(value);
  }
  ASSERT_GE(chosen, 0.0);
  const auto bias = artifact.tensor("item_bias");
  for (Index i = 0; i < dataset_.num_items(); ++i) {
    const auto count = static_cast<double>(scoring.item_popularity[static_cast<std::size_t>(i)]);
    if (count == 0.0) continue;
    EXPECT_NEAR(static_cast<double>(scoring.item_prior[static_cast<std::size_t>(i)]),
                static_cast<double>(bias(i, 0)) + chosen * std::log1p(count), 1e-5);
  }
}

TEST_F(SoftmaxTrainerTest, TheWeightThatValidatesBestIsChosen) {
  options_.epochs = 1;
  const TrainResult chosen = run("auto");
  double best = 0.0;
  for (const double weight : {0.0, 0.25, 0.5, 1.0}) {
    options_.popularity = weight;
    options_.force = true;
    best = std::max(best, run("given").validation.at("recall@20"));
  }
  EXPECT_DOUBLE_EQ(chosen.validation.at("recall@20"), best);
}

TEST_F(SoftmaxTrainerTest, AnyTrainedModelMayHaveATerm) {
  model_ = models::ModelOptions("monet", {{"dim", 16}});
  options_.popularity = 0.3;
  options_.new_items = models::NewItems::none;
  run("a");
  const auto artifact = artifact::Artifact::open(folder_ / "a");
  const scoring::Scoring scoring = artifact.scoring();
  EXPECT_EQ(scoring.kind, scoring::ScoreKind::target_aware);
  for (std::size_t i = 0; i < scoring.item_prior.size(); ++i) {
    EXPECT_NEAR(scoring.item_prior[i], 0.3 * std::log1p(static_cast<double>(scoring.item_popularity[i])), 1e-6);
  }
}

TEST_F(SoftmaxTrainerTest, ResumingGivesTheBitsOfAnUninterruptedRun) {
  model_.set("candidates", 20);
  const TrainResult whole = run("whole");
  for (const int steps : {1, 5, 13}) {
    const std::string out = "cut" + std::to_string(steps);
    stop_ = false;
    StopAfter observer(steps, stop_);
    options_.resume = false;
    EXPECT_THROW(run(out, observer), Interrupted);
    stop_ = false;
    options_.resume = true;
    const TrainResult resumed = run(out);
    EXPECT_EQ(resumed.test, whole.test);
    EXPECT_EQ(bytes_of(folder_ / out / "model.safetensors"), bytes_of(folder_ / "whole" / "model.safetensors"));
  }
}

}  // namespace
}  // namespace monet::train
