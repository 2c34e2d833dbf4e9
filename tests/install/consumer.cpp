// A whole program on the installed library: generates a small shop, trains MONET on it, opens the artifact, and
// recommends to a known user and to one never seen.
#include "monet/artifact/artifact.h"
#include "monet/core/thread_pool.h"
#include "monet/rank/fold_in.h"
#include "monet/rank/rank.h"
#include "monet/synth/generator.h"
#include "monet/train/trainer.h"

#include <atomic>
#include <cstdio>
#include <vector>

int main(int, char** arguments) {
  monet::ThreadPool pool(1);

  monet::synth::GeneratorOptions shop;
  shop.num_users = 60;
  shop.num_items = 40;
  shop.num_interactions = 600;
  const monet::data::Dataset dataset = monet::synth::generate_dataset(shop);

  monet::models::ModelOptions model;
  model.dim = 8;
  monet::train::TrainOptions options;
  options.epochs = 3;
  options.batch_size = 32;
  options.out = arguments[1];
  options.force = true;
  monet::train::Observer silent;
  const std::atomic<bool> stop{false};
  const monet::train::TrainResult trained = monet::train::train(dataset, model, options, pool, silent, stop);
  std::printf("trained %d epochs, test recall@20 %.3f\n", trained.epochs_run, trained.test.at("recall@20"));

  const auto artifact = monet::artifact::Artifact::open(options.out);
  monet::rank::RankOptions top;
  top.k = 3;
  const std::vector<std::int32_t> users{0};
  const monet::rank::Ranking known = monet::rank::rank(pool, artifact.scoring(), users, top);

  const std::vector<std::int32_t> history{1, 5, 9};
  const monet::rank::FoldIn fold_in{artifact.tensor("item_foldin"), {}};
  const monet::rank::NewUser newcomer(artifact.scoring(), monet::rank::fold_in_user(fold_in, history), history);
  const monet::rank::Ranking unseen = monet::rank::rank(pool, newcomer.scoring(), users, top);

  for (const monet::rank::Ranking* ranking : {&known, &unseen}) {
    for (const std::int32_t item : ranking->row(0)) std::printf("%d ", item);
    std::printf("\n");
    if (ranking->row(0).size() != 3) return 1;
  }
  return 0;
}
