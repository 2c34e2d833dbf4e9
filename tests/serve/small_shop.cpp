#include "tests/serve/small_shop.h"

#include "monet/features/recipe.h"
#include "monet/features/text/text_features.h"

#include <utility>

namespace monet::test {

SmallShop::SmallShop() : SmallShop(false) {}

SmallShop::SmallShop(bool described)
    : described_(described), model_(described ? features::BuiltinDescriber().width() : 4) {
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
  SmallModel model(model_.image_weight.cols());
  if (described_) {
    features::write_recipe(folder_ / "image.recipe", features::BuiltinDescriber(), "");
    model.dataset.modalities[0].recipe = read_bytes(folder_ / "image.recipe");
    model.dataset.modalities[1].recipe = text_recipe(folder_ / "text.recipe");
  }
  model.dataset.item_ids.back() = last;
  for (float& value : model.items.view().row_span(5)) value *= scale;
  train::write_artifact(artifact(), model.contents(), true);
}

std::string SmallShop::text_recipe(const std::filesystem::path& file) const {
  const std::vector<float> liked = liked_by(1).at("text");
  Matrix<float> directions(2, static_cast<Index>(liked.size()));
  for (std::size_t c = 0; c < liked.size(); ++c) {
    directions.row(0)[c] = liked[c];
    directions.row(1)[c] = -liked[c];
  }
  const std::vector<std::string> terms{"good", "poor"};
  const std::vector<float> idf{1.0F, 1.0F};
  features::write_recipe(file, {features::parse_text_fields("title,brand:labels"), {}, terms, idf, directions}, "");
  return read_bytes(file);
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
