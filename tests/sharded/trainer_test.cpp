#include "monet/sharded/trainer.h"

#include "monet/artifact/artifact.h"
#include "monet/artifact/id_table.h"
#include "monet/core/error.h"
#include "monet/core/files/safetensors.h"
#include "monet/eval/evaluator.h"
#include "monet/sharded/evaluate.h"
#include "monet/sharded/load.h"
#include "monet/sharded/spread_scoring.h"
#include "tests/dist/thread_communicator.h"
#include "tests/train/trainer_fixture.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace monet::test::sharded_trainer {

using dist::Communicator;
using train::TrainResult;
namespace fs = std::filesystem;

namespace {

sharded::Partition partition_for(const data::Dataset& data, int processes) {
  std::vector<std::int32_t> users;
  for (Index u = 0; u < data.num_users(); ++u) users.push_back(static_cast<std::int32_t>(data.train.degree(u)));
  std::vector<std::int32_t> items(static_cast<std::size_t>(data.num_items()), 0);
  for (const std::int32_t item : data.train.indices()) ++items[static_cast<std::size_t>(item)];
  return {sharded::Ranges::balanced(users, processes), sharded::Ranges::balanced(items, processes)};
}

/// Every tensor of two artifacts, apart by no more than a share of the largest value.
void expect_the_same_artifact(const std::filesystem::path& a, const std::filesystem::path& b, double tolerance) {
  const files::Safetensors left(a / "model.safetensors");
  const files::Safetensors right(b / "model.safetensors");
  ASSERT_EQ(left.tensors().size(), right.tensors().size());
  for (std::size_t k = 0; k < left.tensors().size(); ++k) {
    const files::Tensor& x = left.tensors()[k];
    const files::Tensor& y = right.tensors()[k];
    ASSERT_EQ(x.describe(), y.describe()) << x.name;
    ASSERT_EQ(x.name, y.name);
    if (x.dtype != files::Dtype::f32) {
      EXPECT_EQ(std::memcmp(x.bytes.data(), y.bytes.data(), x.bytes.size()), 0) << x.name;
      continue;
    }
    const auto p = left.values<float>(x.name);
    const auto q = right.values<float>(y.name);
    double apart = 0.0;
    double largest = 0.0;
    for (std::size_t n = 0; n < p.size(); ++n) {
      apart = std::max(apart, std::abs(static_cast<double>(p[n]) - static_cast<double>(q[n])));
      largest = std::max(largest, std::abs(static_cast<double>(p[n])));
    }
    EXPECT_LE(apart, tolerance * largest) << x.name;
  }
  for (const char* name : {"users.tsv", "items.tsv"}) EXPECT_EQ(train::bytes_of(a / name), train::bytes_of(b / name));
}

class ShardedTrainer : public train::TrainerTest {
 protected:
  TrainResult run_in(int processes, const std::string& out, std::function<bool(int rank)> should_stop = {}) {
    train::TrainOptions options = options_;
    options.out = folder_ / out;
    const sharded::Partition partition = partition_for(dataset_, processes);
    TrainResult result;
    run_processes(processes, [&](Communicator& world) {
      const sharded::Shard shard = sharded::shard_of(dataset_, partition, world.rank());
      ThreadPool pool(1);
      train::TrainHooks hooks;
      if (should_stop) hooks.should_stop = [&, rank = world.rank()] { return should_stop(rank); };
      const TrainResult own = sharded::train(world, shard, model_, options, pool, hooks);
      if (world.is_first()) result = own;
    });
    return result;
  }
};

TEST_F(ShardedTrainer, TrainsAsOneProcessDoes) {
  const TrainResult whole = run("whole");
  for (const int processes : {1, 2, 3, 7}) {
    const std::string out = fmt::format("in{}", processes);
    const TrainResult result = run_in(processes, out);
    EXPECT_EQ(result.steps, whole.steps);
    EXPECT_EQ(result.best_epoch, whole.best_epoch);
    for (const auto& [name, value] : whole.test) EXPECT_NEAR(result.test.at(name), value, 1e-9) << name;
    expect_the_same_artifact(folder_ / "whole", folder_ / out, 2e-4);
    EXPECT_FALSE(fs::exists(folder_ / (out + ".partial")));
    const auto artifact = artifact::Artifact::open(folder_ / out);  // checks hashes and shapes
    EXPECT_EQ(artifact.config().data_hash, dataset_.hash);
    EXPECT_EQ(artifact.config().model, "monet");
    ASSERT_EQ(artifact.config().modalities.size(), 2U);
    EXPECT_EQ(artifact.config().modalities[1].first_col, 16);
    EXPECT_TRUE(artifact.new_items().has_value());
    // Validations of the log are those of one process.
    EXPECT_EQ(validations_of(out).size(), validations_of("whole").size());
  }
}

TEST_F(ShardedTrainer, LightGcnTooByInteractions) {
  model_ = models::ModelOptions("lightgcn", {{"dim", std::int64_t{16}}});
  options_.sampling = models::Sampling::interactions;
  options_.popularity = 0.1;
  const TrainResult whole = run("whole");
  const TrainResult result = run_in(3, "three");
  EXPECT_EQ(result.steps, whole.steps);
  for (const auto& [name, value] : whole.test) EXPECT_NEAR(result.test.at(name), value, 1e-9) << name;
  expect_the_same_artifact(folder_ / "whole", folder_ / "three", 2e-4);
}

TEST_F(ShardedTrainer, ValidatesOnTheSameSampleOfUsers) {
  options_.validation_users = 40;
  const TrainResult whole = run("whole");
  run_in(3, "three");
  const auto artifact = artifact::Artifact::open(folder_ / "three");
  EXPECT_EQ(nlohmann::json::parse(std::string(artifact.train_log().substr(0, artifact.train_log().find('\n'))))
                .at("validation")
                .at("recall@20"),
            nlohmann::json::parse(train::bytes_of(folder_ / "whole" / "train_log.jsonl")
                                      .substr(0, train::bytes_of(folder_ / "whole" / "train_log.jsonl").find('\n')))
                .at("validation")
                .at("recall@20"));
}

// Any number of processes goes on from what any other has left; one of them may be the trainer of one process.
TEST_F(ShardedTrainer, AnotherNumberOfProcessesGoesOn) {
  const TrainResult whole = run("whole");
  int step = 0;
  EXPECT_THROW(run_in(3, "out", [&](int rank) { return rank == 1 && ++step == 50; }), Interrupted);
  EXPECT_TRUE(fs::exists(folder_ / "out.partial" / "checkpoint.safetensors"));
  options_.resume = true;
  step = 0;
  EXPECT_THROW(run_in(2, "out", [&](int rank) { return rank == 0 && ++step == 40; }), Interrupted);
  step = 0;
  EXPECT_THROW(run_in(4, "out", [&](int rank) { return rank == 3 && ++step == 30; }), Interrupted);
  const TrainResult result = run("out");  // in one
  EXPECT_EQ(result.steps, whole.steps);
  EXPECT_EQ(result.best_epoch, whole.best_epoch);
  expect_the_same_artifact(folder_ / "whole", folder_ / "out", 2e-4);
  EXPECT_FALSE(fs::exists(folder_ / "out.partial"));

  options_.resume = false;
  stop_ = true;  // at once, in one process
  train::Observer silent;
  EXPECT_THROW(run("back", silent), Interrupted);
  options_.resume = true;
  run_in(3, "back");
  expect_the_same_artifact(folder_ / "whole", folder_ / "back", 2e-4);
}

TEST_F(ShardedTrainer, WhatOneProcessRefusesAllRefuse) {
  run("there");
  EXPECT_THROW(run_in(2, "there"), InvalidArgument);
  options_.resume = true;
  EXPECT_THROW(run_in(2, "nothing"), InvalidArgument);
  options_.resume = false;
  options_.learning_rate = 1e30;
  EXPECT_THROW(run_in(2, "wild"), DataError);
  options_.learning_rate = 5e-3;
  model_ = models::ModelOptions("lattice");
  EXPECT_THROW(run_in(2, "other"), InvalidArgument);
}

TEST_F(ShardedTrainer, StartsFromGivenParameters) {
  run("first");
  options_.init = folder_ / "first";
  options_.epochs = 0;
  run_in(3, "again");
  expect_the_same_artifact(folder_ / "first", folder_ / "again", 1e-5);
}

TEST_F(ShardedTrainer, AnArtifactOfOtherUsersIsNotTakenRowByRow) {
  run("first");
  options_.init = folder_ / "first";
  options_.epochs = 0;
  std::swap(dataset_.user_ids[3], dataset_.user_ids[4]);
  EXPECT_THROW(run_in(3, "again"), InvalidArgument);
  std::swap(dataset_.user_ids[3], dataset_.user_ids[4]);
  std::swap(dataset_.item_ids.front(), dataset_.item_ids.back());
  EXPECT_THROW(run_in(3, "again"), InvalidArgument);
}

TEST_F(ShardedTrainer, EvaluationIsThatOfOneProcess) {
  run("whole");
  const auto artifact = artifact::Artifact::open(folder_ / "whole");
  eval::EvaluateOptions options;
  options.auc = true;
  const eval::Evaluation expected = eval::evaluate(pool_, artifact.scoring(), dataset_.test, options);
  for (const int processes : {2, 7}) {
    const sharded::Partition partition = partition_for(dataset_, processes);
    run_processes(processes, [&](Communicator& world) {
      const sharded::Shard shard = sharded::shard_of(dataset_, partition, world.rank());
      ThreadPool pool(1);
      const eval::Evaluation got = sharded::evaluate(
          world, pool, artifact.scoring(), sharded::among_all_users(shard, world.rank(), shard.test), options);
      EXPECT_EQ(got.num_users, expected.num_users);
      EXPECT_EQ(got.num_popular, expected.num_popular);
      EXPECT_EQ(got.num_auc, expected.num_auc);
      ASSERT_EQ(got.metrics.size(), expected.metrics.size());
      for (const auto& [name, value] : expected.metrics) EXPECT_NEAR(got.metrics.at(name), value, 1e-12) << name;
    });
  }
}

// Where the items' table does not fit, blocks of it give the same lists.
TEST_F(ShardedTrainer, ItemsThatComeInBlocksAreRankedAlike) {
  run("whole");
  const auto artifact = artifact::Artifact::open(folder_ / "whole");
  scoring::Scoring all = artifact.scoring();
  // Items of different blocks that score alike: the smaller number comes first.
  Matrix<float> alike = Matrix<float>::copy_of(all.item_embedding);
  for (Index i = 40; i < alike.rows(); ++i) std::copy_n(alike.row(i % 40), alike.cols(), alike.row(i));
  all.item_embedding = alike.view();
  std::vector<float> prior;
  for (Index i = 0; i < alike.rows(); ++i)
    prior.push_back(0.01F * all.item_popularity[static_cast<std::size_t>(i % 40)]);
  for (const bool with_prior : {false, true}) {
    scoring::Scoring expected_of = all;
    if (with_prior) expected_of.item_prior = prior;
    const eval::Evaluation expected = eval::evaluate(pool_, expected_of, dataset_.test, {});
    for (const int processes : {1, 3, 7}) {
      const sharded::Partition partition = partition_for(dataset_, processes);
      run_processes(processes, [&](Communicator& world) {
        const sharded::Shard shard = sharded::shard_of(dataset_, partition, world.rank());
        const dist::Share users = partition.users.of(world.rank());
        const dist::Share items = partition.items.of(world.rank());
        scoring::Scoring own = all;
        own.user_embedding = all.user_embedding.row_range(users.begin, users.end - users.begin);
        own.item_embedding = all.item_embedding.row_range(items.begin, items.end - items.begin);
        ThreadPool pool(1);
        autograd::Tape tape(pool);
        for (const std::size_t most_bytes : {std::size_t{0}, std::size_t{1} << 30U}) {
          const sharded::SpreadScoring scoring(world, tape, shard, own, most_bytes);
          EXPECT_EQ(scoring.is_whole(), most_bytes > 0);
          const eval::Evaluation got = scoring.evaluate(pool, expected_of.item_prior, shard.test, {10, 20});
          EXPECT_EQ(got.num_users, expected.num_users);
          EXPECT_EQ(got.num_popular, expected.num_popular);
          ASSERT_EQ(got.metrics.size(), expected.metrics.size());
          for (const auto& [name, value] : expected.metrics) EXPECT_NEAR(got.metrics.at(name), value, 1e-12) << name;
        }
      });
    }
  }
}

}  // namespace
}  // namespace monet::test::sharded_trainer
