// A whole program on the installed library: a small shop, MONET trained on it, recommendations for a user it knows and
// for one it has never seen, and what is like an item.
#include "monet/monet.h"

#include <iostream>

int main(int, char** arguments) {
  monet::ThreadPool pool(1);
  const auto shop = monet::synth::generate_dataset({.num_users = 60, .num_items = 40, .num_interactions = 600});

  monet::train::TrainOptions options;
  options.epochs = 3;
  options.batch_size = 32;
  options.out = arguments[1];
  monet::train::train(shop, {"monet", {{"dim", 8}}}, options, pool);

  const auto recommender = monet::recommend::Recommender::open(options.out);
  const auto known = recommender.recommend({.id = shop.user_ids[0]}, {.k = 3});
  const auto unseen = recommender.recommend({.history = {shop.item_ids[1], shop.item_ids[5]}}, {.k = 3});
  const auto alike = recommender.similar(pool, std::vector{shop.item_ids[1]}, 3);
  for (const auto& best : known.items) std::cout << best.item << ' ' << best.score << '\n';
  return known.items.size() == 3 && unseen.items.size() == 3 && alike[0].items.size() == 3 ? 0 : 1;
}
