#include "tests/serve/small_shop.h"

#include <utility>

namespace monet::test {

SmallShop::SmallShop() {
  write_artifact();
  store_ = store::open_store((folder_ / "shop.db").string());
}

std::unique_ptr<serve::Engine> SmallShop::open_engine(serve::LiveOptions live) {
  serve::EngineOptions options;
  options.artifact = artifact();
  options.live = std::move(live);
  return std::make_unique<serve::Engine>(options, *store_);
}

void SmallShop::write_artifact(float scale) {
  SmallModel model;
  for (float& value : model.items.view().row_span(5)) value *= scale;
  train::write_artifact(artifact(), model.contents(), true);
}

void SmallShop::damage_artifact() {
  std::filesystem::remove(artifact() / "model.safetensors");
  write_bytes(artifact() / "model.safetensors", "damaged");
}

store::Event event(const std::string& user, const std::string& item, std::int64_t time) {
  store::Event result;
  result.user = user;
  result.item = item;
  result.kind = "view";
  result.time = time;
  return result;
}

store::Item shop_item(const std::string& id, std::vector<std::string> categories, std::optional<double> price) {
  store::Item item;
  item.id = id;
  item.categories = std::move(categories);
  item.price = price;
  return item;
}

std::vector<std::string> names(const serve::Answer& answer) {
  std::vector<std::string> result;
  for (const serve::Suggestion& item : answer.items) result.push_back(item.scored.item);
  return result;
}

serve::Answer answer_of(const serve::Engine& engine, const serve::Ask& ask) {
  ThreadPool pool(1);
  return std::move(engine.recommend(pool, {&ask, 1}).front());
}

}  // namespace monet::test
