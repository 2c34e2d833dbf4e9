#include "monet/train/checkpoint.h"

#include "monet/core/error.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace monet::train {
namespace {

namespace fs = std::filesystem;

class CheckpointTest : public test::TemporaryFolder {
 protected:
  fs::path partial() const { return out_.string() + ".partial"; }
  fs::path out_ = folder_ / "model";
};

models::ParameterSet make_parameters(float value) {
  models::ParameterSet parameters;
  auto& block = parameters.add_block(6, 8);
  parameters.add_columns("left", block, 0, 3);
  parameters.add_columns("right", block, 3, 5);
  parameters.add_vector("bias", 4);
  for (auto& b : parameters.blocks()) fill(b.value.view(), value);
  return parameters;
}

TEST_F(CheckpointTest, RestoresEverything) {
  auto parameters = make_parameters(1.5F);
  parameters.blocks().front().value(2, 4) = 7.0F;
  Adam optimizer(parameters);
  optimizer.first_moments()[0](1, 1) = 0.25F;
  optimizer.second_moments()[1](0, 3) = 0.5F;
  optimizer.set_steps(41);
  TrainState state;
  state.epoch = 3;
  state.step = 17;
  state.total_steps = 194;
  state.loss_sum = 0.1 + 0.2;
  state.rng = {1, ~std::uint64_t{0}, 3, 4};
  state.best_recall = 1.0 / 3.0;
  state.best_epoch = 2;
  state.without_gain = 4;
  state.seconds = 12.5;
  state.log = "{\"epoch\":0}\n";
  state.configuration = "{\"alpha\":1}";
  state.model = {std::byte{0}, std::byte{255}, std::byte{7}};
  {
    CheckpointFolder folder(out_);
    EXPECT_FALSE(CheckpointFolder::has_checkpoint(folder.path()));
    folder.save(state, parameters, optimizer);
  }
  CheckpointFolder folder(out_);
  ASSERT_TRUE(CheckpointFolder::has_checkpoint(folder.path()));
  auto restored = make_parameters(0.0F);
  Adam fresh(restored);
  const TrainState back = folder.load(restored, fresh);
  EXPECT_EQ(restored.blocks().front().value(2, 4), 7.0F);
  EXPECT_EQ(restored.blocks().back().value(0, 3), 1.5F);
  EXPECT_EQ(fresh.first_moments()[0](1, 1), 0.25F);
  EXPECT_EQ(fresh.second_moments()[1](0, 3), 0.5F);
  EXPECT_EQ(fresh.steps(), 41);
  EXPECT_EQ(back.epoch, 3);
  EXPECT_EQ(back.step, 17);
  EXPECT_EQ(back.total_steps, 194);
  EXPECT_EQ(back.loss_sum, state.loss_sum);
  EXPECT_EQ(back.rng, state.rng);
  EXPECT_EQ(back.best_recall, state.best_recall);
  EXPECT_EQ(back.best_epoch, 2);
  EXPECT_EQ(back.without_gain, 4);
  EXPECT_FALSE(back.finished);
  EXPECT_EQ(back.log, state.log);
  EXPECT_EQ(back.configuration, state.configuration);
  EXPECT_EQ(back.model, state.model);
}

TEST_F(CheckpointTest, KeepsOnlyTheBestThatACheckpointNames) {
  auto parameters = make_parameters(1.0F);
  Adam optimizer(parameters);
  CheckpointFolder folder(out_);
  TrainState state;
  folder.save_best(parameters, 0);
  state.best_epoch = 0;
  folder.save(state, parameters, optimizer);
  fill(parameters.blocks().front().value.view(), 2.0F);
  folder.save_best(parameters, 5);
  EXPECT_TRUE(fs::exists(partial() / "best-0.safetensors"));  // the checkpoint still names it
  state.best_epoch = 5;
  folder.save(state, parameters, optimizer);
  EXPECT_FALSE(fs::exists(partial() / "best-0.safetensors"));
  auto other = make_parameters(0.0F);
  folder.load_best(other, 5);
  EXPECT_EQ(other.blocks().front().value(0, 0), 2.0F);
}

TEST_F(CheckpointTest, BelongsToOneProcessAtATime) {
  const CheckpointFolder folder(out_);
  EXPECT_THROW(CheckpointFolder{out_}, IoError);
}

TEST_F(CheckpointTest, DamageIsADataError) {
  auto parameters = make_parameters(1.0F);
  Adam optimizer(parameters);
  CheckpointFolder folder(out_);
  folder.save({}, parameters, optimizer);
  const fs::path file = partial() / "checkpoint.safetensors";
  fs::resize_file(file, fs::file_size(file) / 2);
  EXPECT_THROW(folder.load(parameters, optimizer), DataError);
}

TEST_F(CheckpointTest, OtherShapesAreADataError) {
  auto parameters = make_parameters(1.0F);
  Adam optimizer(parameters);
  CheckpointFolder folder(out_);
  folder.save({}, parameters, optimizer);
  models::ParameterSet other;
  auto& block = other.add_block(6, 9);
  other.add_columns("left", block, 0, 4);
  other.add_columns("right", block, 4, 5);
  other.add_vector("bias", 4);
  Adam second(other);
  EXPECT_THROW(folder.load(other, second), DataError);
}

}  // namespace
}  // namespace monet::train
