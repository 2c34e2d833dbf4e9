#include "monet/train/stopping.h"

#include <gtest/gtest.h>

namespace monet::train {
namespace {

TEST(Stopping, AfterSoManyValidationsWithoutAGain) {
  TrainOptions options;
  options.patience = 2;
  const Stopping stopping(options);
  TrainState state;
  EXPECT_TRUE(stopping.note(state, 0, 0.1));
  EXPECT_TRUE(stopping.note(state, 5, 0.2));
  EXPECT_FALSE(stopping.note(state, 10, 0.2)) << "an equal value is no gain";
  EXPECT_FALSE(state.finished);
  EXPECT_FALSE(stopping.note(state, 15, 0.1));
  EXPECT_TRUE(state.finished);
  EXPECT_EQ(state.best_epoch, 5);
  EXPECT_EQ(state.best_recall, 0.2);
}

TEST(Stopping, AGainStartsTheCountAnew) {
  TrainOptions options;
  options.patience = 2;
  const Stopping stopping(options);
  TrainState state;
  for (const double recall : {0.1, 0.05, 0.2, 0.15}) stopping.note(state, 0, recall);
  EXPECT_FALSE(state.finished);
  EXPECT_EQ(state.without_gain, 1);
}

TEST(Stopping, KnowsEachLimit) {
  TrainOptions options;
  options.epochs = 3;
  options.max_steps = 10;
  options.max_minutes = 0.5;
  const Stopping stopping(options);
  TrainState state;
  state.total_steps = 9;
  state.epoch = 2;
  EXPECT_FALSE(stopping.limit_reached(state, 29.0));
  EXPECT_TRUE(stopping.limit_reached(state, 30.0));
  EXPECT_TRUE(stopping.out_of_time(state, 30.0));
  state.total_steps = 10;
  EXPECT_TRUE(stopping.limit_reached(state, 0.0));
  EXPECT_TRUE(stopping.out_of_steps(state));
  state.total_steps = 9;
  state.epoch = 3;
  EXPECT_TRUE(stopping.limit_reached(state, 0.0));
  // A training is given one step, however late it is.
  state = {};
  EXPECT_FALSE(stopping.out_of_time(state, 100.0));
}

TEST(Stopping, TimeThatPausesATrainingDoesNotEndIt) {
  TrainOptions options;
  options.max_minutes = 0.5;
  options.pause = true;
  const Stopping stopping(options);
  TrainState state;
  state.total_steps = 9;
  EXPECT_TRUE(stopping.out_of_time(state, 30.0));
  EXPECT_FALSE(stopping.limit_reached(state, 30.0));
  state.epoch = options.epochs;
  EXPECT_TRUE(stopping.limit_reached(state, 30.0));
}

TEST(Stopping, ARaisedLimitReopensATrainingButNotOneThatGainedNoMore) {
  TrainOptions options;
  options.epochs = 10;
  options.patience = 3;
  const Stopping stopping(options);
  TrainState state;
  state.finished = true;
  state.epoch = 5;
  stopping.reopen(state, 0.0);
  EXPECT_FALSE(state.finished);
  state.finished = true;
  state.without_gain = 3;
  stopping.reopen(state, 0.0);
  EXPECT_TRUE(state.finished);
  state.without_gain = 0;
  state.epoch = 10;
  stopping.reopen(state, 0.0);
  EXPECT_TRUE(state.finished);
}

}  // namespace
}  // namespace monet::train
