// A dataset with what a store says beyond it: every interaction is somewhere once, what is held out is each chosen
// user's newest item, and who is chosen does not change.
#include "monet/retrain/grown.h"

#include "monet/core/error.h"
#include "monet/features/recipe.h"
#include "monet/features/text/text_features.h"
#include "tests/artifact/small_artifact.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace monet::retrain {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

store::Event liked(const std::string& user, const std::string& item, const std::string& kind = "view") {
  store::Event event;
  event.user = user;
  event.item = item;
  event.kind = kind;
  event.time = 1'700'000'000;
  return event;
}

class GrownTest : public ::testing::Test {
 protected:
  /// 5 users, 7 items; u0: a, d, i; image of width 4 with row numbers as values.
  static data::Dataset base() {
    test::SmallModel model;
    data::Dataset dataset = std::move(model.dataset);
    dataset.item_ids = {"a", "b", "d", "f", "h", "i", "j"};
    dataset.items.titles.clear();
    dataset.validation = Csr(dataset.num_users(), dataset.num_items());
    dataset.test = Csr(dataset.num_users(), dataset.num_items());
    dataset.modalities.resize(1);
    for (Index i = 0; i < dataset.num_items(); ++i) {
      for (Index c = 0; c < 4; ++c) dataset.modalities.front().features(i, c) = static_cast<float>(i);
    }
    return dataset;
  }
  void record(const std::vector<store::Event>& events) { store_->append(events); }
  Grown grow(GrowOptions options = {.kind_weights = {}, .held_out = 0.0, .enough = 0}) {
    const std::vector<Expected> image{{"image", 4}};
    return grown(base(), image, {}, *store_, options);
  }
  /// "user item" of a pattern's entries.
  static std::set<std::string> pairs(const data::Dataset& dataset, const Csr& pattern) {
    std::set<std::string> result;
    for (Index u = 0; u < pattern.rows(); ++u) {
      for (const std::int32_t item : pattern.row(u)) {
        result.insert(dataset.user_ids[static_cast<std::size_t>(u)] + " " +
                      dataset.item_ids[static_cast<std::size_t>(item)]);
      }
    }
    return result;
  }

  test::ScopedFolder folder_;
  std::unique_ptr<store::Store> store_ = store::open_store((folder_ / "shop.db").string());
};

/// A recipe that makes (1, 0) of "good" and (0, 1) of "poor".
std::string small_recipe(const std::filesystem::path& file) {
  Matrix<float> directions = Matrix<float>::zeros(2, 2);
  directions(0, 0) = directions(1, 1) = 1.0F;
  const std::vector<std::string> terms{"good", "poor"};
  const std::vector<float> idf{1.0F, 1.0F};
  features::write_recipe(file, {features::parse_text_fields("title"), {}, terms, idf, directions}, "");
  return test::read_bytes(file);
}

TEST_F(GrownTest, TextsOfNewItemsBecomeFeaturesAsInTraining) {
  const std::string recipe = small_recipe(folder_ / "recipe");
  data::Dataset known = base();
  data::Modality& modality = known.modalities.emplace_back();
  modality.name = "text";
  modality.features = Matrix<float>::zeros(7, 2);
  modality.recipe = recipe;
  const auto put = [&](const std::string& id, const std::string& title, store::Features features = {}) {
    store::Item item;
    item.id = id;
    item.title = title;
    item.features = std::move(features);
    store_->put_items({&item, 1});
  };
  put("a", "poor");
  put("new", "Poor good poor");
  put("sent", "good", {{"text", {5.0F, 6.0F}}});
  put("nothing", "thing");
  const std::vector<Expected> both{{"image", 4}, {"text", 2}};
  const auto check = [&](const Grown& result, const data::Modality& text) {
    EXPECT_EQ(text.recipe, recipe) << "the next artifact keeps it";
    const auto row = [&](const std::string& id) {
      const auto& ids = result.dataset.item_ids;
      return text.features.row(std::find(ids.begin(), ids.end(), id) - ids.begin());
    };
    EXPECT_GT(row("new")[1], row("new")[0]);
    EXPECT_GT(row("new")[0], 0.1F);
    EXPECT_EQ(row("sent")[0], 5.0F);
    EXPECT_EQ(std::count(result.dataset.item_ids.begin(), result.dataset.item_ids.end(), "nothing"), 0);
    return row("a")[1];
  };
  const Grown result = grown(std::move(known), both, {}, *store_, {.kind_weights = {}, .held_out = 0.0, .enough = 0});
  EXPECT_EQ(check(result, result.dataset.modalities[1]), 0.0F) << "what the data have of an old item stays";
  // The store holds everything: the artifact's recipe.
  record({liked("u0", "a"), liked("u0", "new"), liked("u1", "a")});
  const std::vector<Expected> text{{"text", 2}};
  const Grown alone = grown(std::nullopt, text, {{"text", std::as_bytes(std::span(recipe))}}, *store_,
                            {.kind_weights = {}, .held_out = 0.0, .enough = 0});
  EXPECT_EQ(check(alone, alone.dataset.modalities[0]), 1.0F);
}

TEST_F(GrownTest, NewUsersItemsAndInteractionsJoin) {
  record({liked("u0", "b"), liked("u0", "a"), liked("eve", "b"), liked("eve", "new"), liked("eve", "b")});
  const Grown result = grow();
  EXPECT_EQ(result.new_users, 1);
  EXPECT_EQ(result.new_items, 1);
  EXPECT_EQ(result.new_interactions, 3);
  const data::Dataset& dataset = result.dataset;
  EXPECT_EQ(dataset.num_users(), 6);
  EXPECT_EQ(dataset.num_items(), 8);
  EXPECT_EQ(dataset.user_ids.back(), "eve");
  EXPECT_EQ(dataset.item_ids.back(), "new");
  std::set<std::string> expected = pairs(base(), base().train);
  expected.insert({"u0 b", "eve b", "eve new"});
  EXPECT_EQ(pairs(dataset, dataset.train), expected);
  EXPECT_TRUE(result.test.empty());
  EXPECT_NE(dataset.hash, base().hash);
}

TEST_F(GrownTest, WhatIsNoSignOfLikingDoesNotCount) {
  record({liked("u0", "b", "dislike")});
  GrowOptions options{.kind_weights = {{"dislike", 0.0}}, .held_out = 0.0, .enough = 0};
  EXPECT_EQ(grow(options).new_interactions, 0);
}

TEST_F(GrownTest, TheNewestItemOfSomeUsersIsHeldOutAndTheSameUsersAreChosenAgain) {
  std::vector<store::Event> events;
  for (int u = 0; u < 400; ++u) {
    for (const char* item : {"a", "b", "d"}) events.push_back(liked("user " + std::to_string(u), item));
  }
  record(events);
  const GrowOptions options{.kind_weights = {}, .held_out = 0.1, .enough = 0};
  const Grown first = grow(options);
  EXPECT_GT(first.test.size(), 20U);
  EXPECT_LT(first.test.size(), 60U);
  std::set<std::string> chosen;
  for (const auto& [user, item] : first.test) {
    EXPECT_EQ(first.dataset.item_ids[static_cast<std::size_t>(item)], "d");
    EXPECT_FALSE(first.dataset.train.contains(user, item));
    EXPECT_FALSE(first.dataset.validation.contains(user, item));
    EXPECT_TRUE(first.dataset.test.contains(user, item));
    chosen.insert(first.dataset.user_ids[static_cast<std::size_t>(user)]);
  }
  EXPECT_GT(first.dataset.validation.nnz(), 20);
  EXPECT_EQ(first.dataset.train.nnz() + first.dataset.validation.nnz() + first.dataset.test.nnz(),
            base().train.nnz() + first.new_interactions);
  record({liked("somebody else", "a"), liked("somebody else", "b")});
  std::set<std::string> again;
  const Grown second = grow(options);
  for (const auto& [user, item] : second.test) again.insert(second.dataset.user_ids[static_cast<std::size_t>(user)]);
  again.erase("somebody else");
  EXPECT_EQ(again, chosen);
}

TEST_F(GrownTest, AUserOfOneItemKeepsItAndAtMostHalfAreHeldOut) {
  std::vector<store::Event> events;
  for (int u = 0; u < 200; ++u) {
    events.push_back(liked("one " + std::to_string(u), "a"));
    events.push_back(liked("two " + std::to_string(u), "a"));
    events.push_back(liked("two " + std::to_string(u), "b"));
  }
  record(events);
  const Grown result = grow({.kind_weights = {}, .held_out = 0.1, .enough = 1000});
  EXPECT_GT(result.test.size(), 25U);
  EXPECT_LT(static_cast<Index>(result.test.size()) + result.dataset.validation.nnz(), 140);
  for (const auto& [user, item] : result.test) {
    EXPECT_THAT(result.dataset.user_ids[static_cast<std::size_t>(user)], HasSubstr("two"));
  }
}

TEST_F(GrownTest, FeaturesOfTheStoreTakeTheirPlaceAndTheMeanFillsWhatIsMissing) {
  store::Item with;
  with.id = "with features";
  with.title = "New";
  with.features = {{"image", {9, 8, 7, 6}}};
  store::Item known;
  known.id = "b";
  known.title = "ignored: it is known";
  known.features = {{"image", {1, 2, 3, 4}}};
  store::Item without;
  without.id = "nobody touched it, nothing is known";
  store_->put_items(std::vector<store::Item>{with, known, without});
  record({liked("u0", "bare")});
  const Grown result = grow();
  const data::Dataset& dataset = result.dataset;
  ASSERT_EQ(dataset.num_items(), 9);
  EXPECT_EQ(dataset.item_ids[7], "bare");
  EXPECT_EQ(dataset.item_ids[8], "with features");
  EXPECT_EQ(dataset.items.titles[8], "New");
  const Matrix<float>& rows = dataset.modalities.front().features;
  const auto row = [&](Index i) { return std::vector<float>(rows.row(i), rows.row(i) + 4); };
  EXPECT_THAT(row(8), ElementsAre(9, 8, 7, 6));
  EXPECT_THAT(row(1), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(row(2), ElementsAre(2, 2, 2, 2));
  EXPECT_NEAR(rows(7, 0), (0 + 1 + 2 + 3 + 4 + 5 + 6 + 9) / 8.0, 1e-5);
  EXPECT_EQ(dataset.modalities.front().missing_rows, 1);
}

TEST_F(GrownTest, WeightsStayWithTheirInteractions) {
  data::Dataset weighed = base();
  for (Index e = 0; e < weighed.train.nnz(); ++e) weighed.weights.push_back(static_cast<float>(10 + e));
  record({liked("u0", "b")});
  const std::vector<Expected> image{{"image", 4}};
  const Grown result =
      grown(std::move(weighed), image, {}, *store_, {.kind_weights = {}, .held_out = 0.0, .enough = 0});
  // u0: a, b (new), d, i
  EXPECT_THAT(std::vector<float>(result.dataset.weights.begin(), result.dataset.weights.begin() + 4),
              ElementsAre(10, 1, 11, 12));
}

TEST_F(GrownTest, TheStoreAloneIsADatasetToo) {
  record({liked("x", "1"), liked("x", "2"), liked("y", "1")});
  const Grown result = grown(std::nullopt, {}, {}, *store_, {.kind_weights = {}, .held_out = 0.0, .enough = 0});
  EXPECT_EQ(result.dataset.num_users(), 2);
  EXPECT_EQ(result.dataset.train.nnz(), 3);
}

TEST_F(GrownTest, WhatCannotBeTrainedOnIsRefused) {
  const std::vector<Expected> image{{"image", 4}};
  EXPECT_THROW(grown(std::nullopt, image, {}, *store_, {}), DataError);
  store::Item wide;
  wide.id = "wide";
  wide.features = {{"image", {1, 2, 3}}};
  store_->put_items(std::vector<store::Item>{wide});
  try {
    grow();
    FAIL() << "features of another width were taken";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'wide' has 3 features of image"));
  }
}

}  // namespace
}  // namespace monet::retrain
