// What MONET's Figure 5 says of two other models: MARIO, which is trained to, keeps items' features in their embeddings
// better than MMGCN.
#include "monet/eval/analyses.h"
#include "monet/models/model.h"
#include "monet/synth/generator.h"
#include "monet/train/optimizer.h"
#include "monet/train/sampler.h"

#include <gtest/gtest.h>

#include <map>

namespace monet::train {
namespace {

/// Average difference of each modality after some steps.
std::map<std::string, double> differences_after(std::string_view name, const data::Dataset& dataset, int steps) {
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  models::ModelOptions options(name, {{"dim", 16}});
  if (name == "mmgcn") options.set("map-dim", 16);
  const auto model = models::make_model(options, dataset, graph, pool);
  autograd::Tape tape(pool);
  Rng rng(1);
  model->initialise(rng);
  Adam optimizer(model->parameters());
  Sampler sampler(graph.user_items());
  Sampler::Triples batch;
  for (int step = 0; step < steps; ++step) {
    sampler.draw_interactions(1, 0, step % 4, 256, rng, batch);
    models::compute_gradients(tape, *model, {batch.users, batch.positives, batch.negatives});
    optimizer.step(pool, 3e-3);
  }
  const models::Output output = models::compute_output(tape, *model, models::Detail::artifact);
  std::map<std::string, double> out;
  for (const auto& tensor : output.tensors) {
    for (const data::Modality& modality : dataset.modalities) {
      if (tensor.name != "item_embedding." + modality.name) continue;
      out[modality.name] = eval::average_difference(pool, modality.features.view(), tensor.value).mean;
    }
  }
  return out;
}

TEST(Preservation, MarioKeepsModalitiesBetterThanMmgcn) {
  synth::GeneratorOptions options;
  options.num_users = 200;
  options.num_items = 150;
  options.num_interactions = 2000;
  options.modalities = {{"image", 24}, {"text", 20}};
  const data::Dataset dataset = synth::generate_dataset(options);
  const auto mario = differences_after("mario", dataset, 200);
  const auto mmgcn = differences_after("mmgcn", dataset, 200);
  ASSERT_EQ(mario.size(), 2U);
  for (const auto& [modality, difference] : mario) {
    EXPECT_LT(difference, 0.7 * mmgcn.at(modality)) << modality;
    RecordProperty("mario_" + modality, std::to_string(difference));
    RecordProperty("mmgcn_" + modality, std::to_string(mmgcn.at(modality)));
  }
}

}  // namespace
}  // namespace monet::train
