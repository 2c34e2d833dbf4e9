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

void SmallShop::write_artifact(float scale, const std::string& last) {
  SmallModel model;
  model.dataset.item_ids.back() = last;
  for (float& value : model.items.view().row_span(5)) value *= scale;
  train::write_artifact(artifact(), model.contents(), true);
}

store::Features SmallShop::liked_by(Index user, float how_well) const {
  // With x = Wᵀ u an item's embedding W x has a product with u that is a sum of squares.
  const auto fitting = [&](MatrixView<const float> weight, Index first) {
    std::vector<float> features(static_cast<std::size_t>(weight.cols), 0.0F);
    for (Index r = 0; r < weight.rows; ++r) {
      for (Index c = 0; c < weight.cols; ++c) {
        features[static_cast<std::size_t>(c)] += how_well * weight(r, c) * model_.users(user, first + r);
      }
    }
    return features;
  };
  return {{"image", fitting(model_.image_weight, 0)}, {"text", fitting(model_.text_weight, 2)}};
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
