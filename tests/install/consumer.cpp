// A whole program on the installed library: generates a small shop, trains MONET on it, opens the artifact,
// recommends to a known user and to one never seen, and lists similar items.
#include "monet/core/thread_pool.h"
#include "monet/rank/rank.h"
#include "monet/recommend/recommender.h"
#include "monet/recommend/render.h"
#include "monet/synth/generator.h"
#include "monet/train/trainer.h"

#include <atomic>
#include <cstdio>
#include <optional>
#include <string>
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

  const auto recommender = monet::recommend::Recommender::open(options.out);
  monet::recommend::Options top;
  top.k = 3;
  const std::string user = recommender.artifact().users().id(0);
  const std::string seen = recommender.artifact().items().id(1);
  const std::vector<monet::recommend::User> users{{user, {}, {}, {}}, {std::nullopt, {seen}, {}, {}}};
  for (const monet::recommend::Recommendations& answer : recommender.recommend(pool, users, top)) {
    for (const monet::recommend::ScoredItem& item : answer.items) std::printf("%s ", item.item.c_str());
    std::printf("\n");
    if (answer.items.size() != 3) return 1;
  }
  const std::vector<std::string> items{seen};
  const auto similar = recommender.similar(pool, items, 2).front();
  std::printf(
      "%s",
      render(similar, monet::recommend::source_of(recommender.artifact()), monet::recommend::Format::table).c_str());
  if (similar.items.size() != 2) return 1;

  // The same by index, for who has embeddings of their own.
  const monet::scoring::Scoring scoring = recommender.artifact().scoring();
  const std::vector<monet::scoring::Query> queries{monet::scoring::known_user(scoring, 0)};
  monet::rank::RankOptions options_by_index;
  options_by_index.k = 3;
  const auto ranking = monet::rank::rank(pool, monet::scoring::Items(scoring), queries, options_by_index);
  return ranking.row(0).size() == 3 ? 0 : 1;
}
