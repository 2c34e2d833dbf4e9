// Items of the store that the artifact does not have are recommended by their features, from the next request on.
#include "monet/core/error.h"
#include "tests/serve/small_shop.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <thread>

namespace monet::serve {
namespace {

using test::answer_of;
using test::event;
using test::names;
using test::shop_item;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ServedNewItems : public ::testing::Test {
 protected:
  store::Item liked(const std::string& id, float how_well = 5.0F) {
    store::Item item = shop_item(id, {"mugs"}, 4.0);
    item.title = "Title of " + id;
    item.features = shop_.liked_by(1, how_well);
    return item;
  }
  void put(const store::Item& item) { engine_->put_items({&item, 1}); }
  std::vector<std::string> listed(const Ask& ask = {.user = "u1"}) { return names(answer_of(*engine_, ask)); }
  std::string why_not(const std::string& id) {
    return not_recommended(engine_->loaded()->recommender, engine_->loaded()->describer(), *shop_.store().item(id));
  }
  void restart() {
    engine_.reset();
    engine_ = shop_.open_engine();
  }

  test::SmallShop shop_;
  std::unique_ptr<Engine> engine_ = shop_.open_engine();
};

TEST_F(ServedNewItems, TheFansOfWhatIsLikeItAreGivenItAtOnce) {
  EXPECT_THAT(listed(), Not(Contains("new")));
  store::Item bare = liked("new");
  bare.features.clear();
  put(bare);
  EXPECT_THAT(listed(), Not(Contains("new"))) << "nothing is known of it but its name";
  EXPECT_THAT(why_not("new"), HasSubstr("no features"));
  put(liked("new"));
  const Answer answer = answer_of(*engine_, {.user = "u1", .explain = true});
  EXPECT_EQ(names(answer).front(), "new");
  EXPECT_EQ(answer.items.front().scored.title, "Title of new");
  EXPECT_THAT(answer.items.front().categories, ElementsAre("mugs"));
  EXPECT_EQ(answer.items.front().price, 4.0);
  EXPECT_TRUE(answer.items.front().scored.explanation.has_value());
  EXPECT_EQ(why_not("new"), "");
  EXPECT_EQ(engine_->loaded()->num_items(), 8);
  EXPECT_EQ(listed({.user = "u1", .rules = {.categories = {"mugs"}}}), std::vector<std::string>{"new"});
  EXPECT_THAT(listed({.user = "u1", .rules = {.exclude = {"new"}}}), Not(Contains("new")));
}

TEST_F(ServedNewItems, TheyArePartOfAHistory) {
  put(liked("new"));
  std::promise<bool> done;
  engine_->record({event("u1", "new")}, [&](const store::AppendOutcome& outcome) { done.set_value(!outcome.error); });
  ASSERT_TRUE(done.get_future().get());
  const Answer answer = answer_of(*engine_, {.user = "u1"});
  EXPECT_EQ(answer.fresh, 1);
  EXPECT_THAT(names(answer), Not(Contains("new")));
  const Answer stranger = answer_of(*engine_, {.history = {"new"}});
  EXPECT_EQ(stranger.source, Source::model);
  EXPECT_THAT(stranger.ignored, IsEmpty());
  ThreadPool pool(1);
  EXPECT_EQ(engine_->similar(pool, "new", 3, "fused").items.size(), 3U);
  const auto near = engine_->similar(pool, "a", 20, "fused").items;
  EXPECT_TRUE(std::any_of(near.begin(), near.end(), [](const auto& item) { return item.scored.item == "new"; }));
}

TEST_F(ServedNewItems, ARestartBringsThemBack) {
  put(liked("new"));
  const std::vector<std::string> before = listed();
  restart();
  EXPECT_EQ(listed(), before);
}

TEST_F(ServedNewItems, AChangeOfFeaturesCountsAtOnce) {
  put(liked("new"));
  ASSERT_EQ(listed().front(), "new");
  ASSERT_TRUE(engine_->patch_item("new", {.features = shop_.liked_by(1, -5.0F)}).has_value());
  EXPECT_EQ(listed().back(), "new") << "there once, and last";
  EXPECT_THAT(listed(), SizeIs(6));
  ASSERT_TRUE(engine_->patch_item("new", {.price = {{9.0}}}).has_value());
  EXPECT_EQ(engine_->loaded()->recommender.retired().size(), 1U) << "its row is the same when features are";
  ASSERT_TRUE(engine_->patch_item("new", {.features = store::Features()}).has_value());
  EXPECT_THAT(listed(), Not(Contains("new")));
}

TEST_F(ServedNewItems, WhatIsHiddenOrDeletedVanishes) {
  put(liked("new"));
  ASSERT_TRUE(engine_->patch_item("new", {.hidden = true}).has_value());
  EXPECT_THAT(listed(), Not(Contains("new")));
  ASSERT_TRUE(engine_->patch_item("new", {.hidden = false}).has_value());
  EXPECT_THAT(listed(), Contains("new"));
  EXPECT_TRUE(engine_->delete_item("new"));
  EXPECT_FALSE(engine_->delete_item("new"));
  EXPECT_THAT(listed(), Not(Contains("new")));
  EXPECT_EQ(engine_->loaded()->items().find("new"), std::nullopt);
  EXPECT_EQ(engine_->loaded()->num_items(), 7);
  restart();
  EXPECT_THAT(listed(), Not(Contains("new")));
  put(liked("new"));
  EXPECT_THAT(listed(), Contains("new"));
}

TEST_F(ServedNewItems, AnotherProcessWritesThem) {
  store::Item item = liked("new");
  shop_.store().put_items({&item, 1});
  EXPECT_THAT(listed(), Not(Contains("new")));
  engine_->catch_up();
  EXPECT_EQ(listed().front(), "new");
  shop_.store().delete_item("new");
  engine_->catch_up();
  EXPECT_THAT(listed(), Not(Contains("new")));
}

TEST_F(ServedNewItems, AnArtifactThatKnowsItTakesItOver) {
  put(liked("new"));
  put(liked("other"));
  const auto before = engine_->loaded();
  shop_.write_artifact(1.0F, "new");
  engine_->reload();
  EXPECT_EQ(engine_->loaded()->items().find("new"), 6) << "the artifact's own row";
  EXPECT_EQ(engine_->loaded()->num_items(), 8) << "the other is still added";
  const std::vector<std::string> now = listed();
  EXPECT_EQ(std::count(now.begin(), now.end(), "new"), 1);
  EXPECT_THAT(now, Contains("other"));
  EXPECT_EQ(before->items().find("new"), 7) << "who began with the old one ends with it";
  shop_.write_artifact();
  engine_->reload();
  EXPECT_EQ(listed().front(), "new");
}

TEST_F(ServedNewItems, WrongFeaturesOfTheStoreHarmNobody) {
  store::Item wrong = liked("wrong");
  wrong.features["image"] = {1.0F};
  store::Item sound = liked("sound");
  sound.features = {{"sound", {1.0F, 2.0F}}};
  const std::vector<store::Item> items{wrong, sound, liked("new")};
  shop_.store().put_items(items);
  restart();
  EXPECT_EQ(engine_->loaded()->num_items(), 8);
  EXPECT_EQ(why_not("wrong"), "features.image has 1 numbers; the artifact was trained on 4");
  EXPECT_EQ(why_not("sound"), "it has no features (image, text)");
  EXPECT_EQ(listed().front(), "new");
}

TEST_F(ServedNewItems, ManyChangesLeaveNoRowsBehind) {
  for (int n = 0; n < 1200; ++n) put(liked("new", static_cast<float>(n % 7) - 3.0F));
  EXPECT_LT(engine_->loaded()->recommender.retired().size(), 1100U);
  EXPECT_THAT(listed(), SizeIs(6));
  EXPECT_EQ(engine_->loaded()->num_items(), 8);
}

TEST_F(ServedNewItems, RequestsMeanwhileAreAnsweredWhole) {
  std::atomic<bool> stop = false;
  std::vector<std::thread> askers;
  for (int t = 0; t < 2; ++t) {
    askers.emplace_back([&] {
      while (!stop) {
        const Answer answer = answer_of(*engine_, {.user = "u1", .k = 500, .rules = {.price = {{.least = 0.0}}}});
        EXPECT_EQ(answer.refused + answer.failed, "");
        EXPECT_THAT(answer_of(*engine_, {.user = "u1", .k = 5}).items, SizeIs(5));
      }
    });
  }
  for (int n = 0; n < 300; ++n) {
    put(liked("n" + std::to_string(n)));
    if (n % 3 == 0) engine_->delete_item("n" + std::to_string(n / 2));
    if (n % 50 == 0) engine_->reload();
  }
  stop = true;
  for (std::thread& asker : askers) asker.join();
  Index there = 0;
  for (const std::string& id : listed({.user = "u1", .k = 1000})) there += id[0] == 'n' ? 1 : 0;
  EXPECT_EQ(there, engine_->loaded()->num_items() - 7);
}

/// An artifact that keeps how features are made.
class ServedDescribedItems : public ::testing::Test {
 protected:
  store::Item titled(const std::string& id, const std::string& title) {
    store::Item item = shop_item(id);
    item.title = title;
    return item;
  }
  void put(const store::Item& item) { engine_->put_items({&item, 1}); }
  std::vector<std::string> listed() { return names(answer_of(*engine_, {.user = "u1"})); }

  test::SmallShop shop_{true};
  std::unique_ptr<Engine> engine_ = shop_.open_engine();
};

TEST_F(ServedDescribedItems, TextsAreEnough) {
  put(titled("new", "A GOOD thing"));
  EXPECT_THAT(listed(), Contains("new"));
  put(titled("other", "A poor thing"));
  const std::vector<std::string> both = listed();
  EXPECT_LT(std::find(both.begin(), both.end(), "new"), std::find(both.begin(), both.end(), "other"));
  put(titled("nameless", "A thing"));
  EXPECT_THAT(listed(), Not(Contains("nameless"))) << "no word that training knew";
  EXPECT_THAT(
      not_recommended(engine_->loaded()->recommender, engine_->loaded()->describer(), *shop_.store().item("nameless")),
      HasSubstr("no features"));
  EXPECT_TRUE(shop_.store().item("new")->features.empty()) << "made when they are needed";
  engine_.reset();
  engine_ = shop_.open_engine();
  EXPECT_EQ(listed(), both) << "after a restart";
}

TEST_F(ServedDescribedItems, AnotherTextCountsAtOnceAndFeaturesThatAreSentComeFirst) {
  put(titled("new", "good"));
  put(titled("still", "good"));
  ASSERT_EQ(listed().size(), 7U);
  const auto place = [&](const std::string& id) {
    const std::vector<std::string> list = listed();
    return std::find(list.begin(), list.end(), id) - list.begin();
  };
  const auto before = place("new");
  ASSERT_TRUE(engine_->patch_item("new", {.title = "poor"}));
  EXPECT_GT(place("new"), before);
  EXPECT_GT(place("new"), place("still"));
  ASSERT_TRUE(engine_->patch_item("new", {.features = shop_.liked_by(1, 0.05F)}));
  EXPECT_EQ(place("new"), 0) << "whatever the title says";
  ASSERT_TRUE(engine_->patch_item("new", {.features = store::Features()}));
  EXPECT_GT(place("new"), place("still"));
}

TEST_F(ServedDescribedItems, AnArtifactThatMakesThemOtherwiseDoesSoWhenItIsExchanged) {
  put(titled("new", "good"));
  EXPECT_THAT(listed(), Contains("new"));
  test::SmallShop plain;
  engine_->reload(plain.artifact());
  EXPECT_THAT(listed(), Not(Contains("new")));
  engine_->reload(shop_.artifact());
  EXPECT_THAT(listed(), Contains("new"));
}

}  // namespace
}  // namespace monet::serve
