#pragma once

#include "monet/serve/engine.h"
#include "monet/store/store.h"
#include "tests/artifact/small_artifact.h"

#include <memory>
#include <string>
#include <vector>

namespace monet::test {

/// The small artifact (users u0 to u4, items a, "b\tc", "d\ne", "f\\g", h, i, "j\r"; no item is called by its title)
/// beside an empty store, in a folder of its own.
class SmallShop {
 public:
  SmallShop();
  /// `described`: the artifact keeps how features are made: of pictures by colours and edges, of titles by the words
  /// "good", whose features are `liked_by(1)`, and "poor", the opposite.
  explicit SmallShop(bool described);

  /// An engine on what is in the store now.
  std::unique_ptr<serve::Engine> open_engine(serve::LiveOptions live = {});
  /// Writes the artifact anew, with item i's embedding times `scale`, and its last item called `last`.
  void write_artifact(float scale = 1.0F, const std::string& last = "j\r");
  /// Features that fit the taste of a user by row, all the better the larger `how_well`.
  store::Features liked_by(Index user, float how_well = 5.0F) const;
  /// Puts something else in the place of its tensors; who has them mapped keeps them.
  void damage_artifact();
  std::filesystem::path artifact() const { return folder_ / "model"; }

  store::Store& store() { return *store_; }

 private:
  std::string text_recipe(const std::filesystem::path& file) const;

  ScopedFolder folder_;
  bool described_ = false;
  SmallModel model_;
  std::unique_ptr<store::Store> store_;
};

store::Event event(const std::string& user, const std::string& item, std::int64_t time = 0);
store::Item shop_item(const std::string& id, std::vector<std::string> categories = {},
                      std::optional<double> price = {});
std::vector<std::string> names(const serve::Answer& answer);
/// The answer to one ask.
serve::Answer answer_of(const serve::Engine& engine, const serve::Ask& ask);

}  // namespace monet::test
