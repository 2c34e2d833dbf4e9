// An artifact holds all that its model can be made of again.
#include "monet/train/rebuild.h"

#include "monet/core/error.h"
#include "monet/synth/generator.h"
#include "monet/train/trainer.h"
#include "tests/core/files/scoped_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

namespace monet::train {
namespace {

class Rebuild : public ::testing::TestWithParam<std::pair<const char*, Fields>> {
 protected:
  test::ScopedFolder folder_;
  std::filesystem::path out_ = folder_ / "model";
};

TEST_P(Rebuild, GivesTheSameEmbeddings) {
  const auto shop = synth::generate_dataset({.num_users = 40, .num_items = 30, .num_interactions = 300});
  const models::ModelOptions model(GetParam().first, GetParam().second);
  ThreadPool pool(1);
  TrainOptions options;
  options.epochs = 2;
  options.out = out_;
  train(shop, model, options, pool);

  const auto artifact = artifact::Artifact::open(out_);
  EXPECT_EQ(recorded_options(artifact.config()).fields(), model.fields());
  const graph::Bipartite graph(shop.train);
  const auto again = rebuild_model(artifact, shop, graph, pool);
  autograd::Tape tape(pool);
  const models::Output output = models::compute_output(tape, *again);
  const scoring::Scoring before = artifact.scoring();
  ASSERT_EQ(output.scoring.kind, before.kind);
  ASSERT_EQ(output.scoring.item_embedding.rows, before.item_embedding.rows);
  for (Index i = 0; i < before.item_embedding.rows; ++i) {
    EXPECT_THAT(output.scoring.item_embedding.row_span(i),
                ::testing::ElementsAreArray(before.item_embedding.row_span(i)));
  }
  EXPECT_TRUE(std::equal(before.similarity_values.begin(), before.similarity_values.end(),
                         output.scoring.similarity_values.begin(), output.scoring.similarity_values.end()));
}

INSTANTIATE_TEST_SUITE_P(Models, Rebuild,
                         ::testing::Values(std::pair<const char*, Fields>{"monet", {{"dim", 8}, {"fusion", "fc"}}},
                                           std::pair<const char*, Fields>{"monet", {{"encoder", "lightgcn"}}},
                                           std::pair<const char*, Fields>{"ngcf", {{"layer-widths", "5,3"}}},
                                           std::pair<const char*, Fields>{"mmgcn", {{"combination", "elementwise"}}},
                                           std::pair<const char*, Fields>{"lattice", {}},
                                           std::pair<const char*, Fields>{"freedom", {}},
                                           std::pair<const char*, Fields>{"bm3", {}},
                                           std::pair<const char*, Fields>{"smore", {{"gate-dropout", 0.1}}},
                                           std::pair<const char*, Fields>{"itemknn", {{"neighbours", 3}}}));

TEST(RecordedSchedule, WhatTheArtifactSaysAndElseTheModelsOwn) {
  artifact::Config config;
  config.model = "monet-softmax";
  config.hyper_parameters = {{"temperature", 0.3}, {"learning-rate", 0.007}, {"patience", 4}};
  const TrainOptions schedule = recorded_schedule(config);
  EXPECT_EQ(schedule.learning_rate, 0.007);
  EXPECT_EQ(schedule.patience, 4);
  EXPECT_EQ(schedule.batch_size, 2048);
  EXPECT_EQ(schedule.validate_every, 4);
  EXPECT_EQ(schedule.sampling, models::Sampling::interactions);
}

TEST(RecordedOptions, WhatIsNotKnownIsRefused) {
  artifact::Config config;
  config.program_version = "9.9";
  config.model = "oracle";
  EXPECT_THROW(recorded_options(config), DataError);
  config.model = "monet";
  config.hyper_parameters = {{"beta", 7.0}};
  EXPECT_THROW(recorded_options(config), DataError);
}

}  // namespace
}  // namespace monet::train
