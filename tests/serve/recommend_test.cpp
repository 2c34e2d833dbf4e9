// From an ask to a list, against Recommender on the same artifact.
#include "monet/core/error.h"
#include "monet/recommend/recommender.h"
#include "tests/serve/small_shop.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <ctime>

namespace monet::serve {
namespace {

using test::answer_of;
using test::event;
using test::names;
using test::shop_item;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;

class RecommendTest : public ::testing::Test {
 protected:
  Answer ask(const Ask& ask) {
    if (!engine_) engine_ = shop_.open_engine();
    return answer_of(*engine_, ask);
  }
  void put(const store::Item& item) { shop_.store().put_items({&item, 1}); }
  void add(const std::vector<store::Event>& events) { shop_.store().append(events); }
  std::vector<std::string> plain(const recommend::User& user, Index k = 20) {
    std::vector<std::string> ids;
    for (const auto& item : recommend::Recommender::open(shop_.artifact()).recommend(user, {.k = k}).items) {
      ids.push_back(item.item);
    }
    return ids;
  }

  test::SmallShop shop_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(RecommendTest, AUserOfTheArtifactGetsWhatRecommenderGives) {
  const Answer answer = ask({.user = "u1"});
  EXPECT_EQ(names(answer), plain({"u1", {}, {}, {}}));
  EXPECT_EQ(answer.history, 2);
  EXPECT_EQ(answer.fresh, 0);
  EXPECT_EQ(answer.source, Source::model);
  EXPECT_THAT(names(ask({.user = "u1", .k = 2})), ::testing::SizeIs(2));
}

TEST_F(RecommendTest, EventsOfTheStoreAreHistoryThatTheArtifactDoesNotHave) {
  add({event("u1", "a"), event("u1", "i"), event("u1", "unknown"), event("new", "h"), event("u0", "a")});
  const Answer known = ask({.user = "u1"});
  EXPECT_EQ(known.fresh, 2) << "nobody knows 'unknown'";
  EXPECT_EQ(ask({.user = "u0"}).fresh, 0) << "it was trained on";
  EXPECT_EQ(known.history, 4);
  EXPECT_EQ(names(known), plain({"u1", {"a", "i"}, {}, {}}));
  const Answer stranger = ask({.user = "new"});
  EXPECT_EQ(stranger.fresh, 1);
  EXPECT_EQ(names(stranger), plain({std::nullopt, {"h"}, {}, {}}));
  EXPECT_THAT(stranger.ignored, IsEmpty());
}

TEST_F(RecommendTest, APostedHistoryCountsAndWhatNobodyKnowsIsNamed) {
  const Answer answer = ask({.user = std::nullopt, .history = {"h", "no such item", "a"}});
  EXPECT_EQ(names(answer), plain({std::nullopt, {"h", "a"}, {}, {}}));
  EXPECT_THAT(answer.ignored, ElementsAre("no such item"));
  EXPECT_THAT(ask({.rules = {.exclude = {"gone", "a"}}}).ignored, ElementsAre("gone"));
}

TEST_F(RecommendTest, WithoutAHistoryTheAnswerIsPopularityAndSaysSo) {
  for (const Ask& nobody : {Ask{.user = "u4"}, Ask{.user = "never seen"}, Ask{}}) {
    const Answer answer = ask(nobody);
    EXPECT_EQ(answer.source, Source::popularity);
    EXPECT_THAT(names(answer), ElementsAre("a", "d\ne", "b\tc", "f\\g", "h", "i", "j\r"));
  }
}

TEST_F(RecommendTest, WhatWasTouchedLatelyComesFirstWithoutAHistory) {
  const std::int64_t now = std::time(nullptr);
  add({event("x", "f\\g", now), event("y", "f\\g", now), event("x", "h", now), event("x", "i", now - 30 * 24 * 3600)});
  const Answer answer = ask({.k = 4});
  EXPECT_EQ(answer.source, Source::recent);
  EXPECT_THAT(names(answer), ElementsAre("f\\g", "h", "a", "d\ne")) << "then by the training's popularity";
  EXPECT_THAT(names(ask({.k = 2, .rules = {.exclude = {"f\\g"}}})), ElementsAre("h", "a"));
}

TEST_F(RecommendTest, RulesHoldBeforeTheListIsCut) {
  put(shop_item("h", {"mugs"}, 5.0));
  put(shop_item("i", {"mugs"}, 50.0));
  store::Item hidden = shop_item("a");
  hidden.hidden = true;
  put(hidden);
  store::Item sold_out = shop_item("f\\g");
  sold_out.available = false;
  put(sold_out);
  EXPECT_THAT(names(ask({.user = "u1"})), UnorderedElementsAre("h", "i", "j\r"));
  EXPECT_THAT(names(ask({.user = "u1", .rules = {.available = false}})), UnorderedElementsAre("f\\g", "h", "i", "j\r"));
  EXPECT_THAT(names(ask({.user = "u1", .k = 2, .rules = {.categories = {"mugs"}}})), UnorderedElementsAre("h", "i"));
  EXPECT_THAT(names(ask({.user = "u1", .rules = {.price = PriceRange{{}, 10.0}}})), ElementsAre("h"));
  EXPECT_THAT(names(ask({.user = "u1", .rules = {.only = {{"i", "a", "j\r", "f\\g"}}}})),
              UnorderedElementsAre("j\r", "i"));
  EXPECT_THAT(names(ask({.user = "u1", .rules = {.most_per_category = 1}})),
              UnorderedElementsAre("j\r", AnyOf("h", "i")));
}

TEST_F(RecommendTest, SeenItemsComeAgainWhereThatIsAskedFor) {
  const Answer answer = ask({.user = "u1", .rules = {.seen = true}});
  EXPECT_THAT(names(answer), ::testing::SizeIs(7));
  EXPECT_THAT(names(answer), Contains("b\tc"));
  // The scores of the others are the same.
  const Answer without = ask({.user = "u1"});
  for (const Suggestion& item : without.items) {
    const auto same = std::find_if(answer.items.begin(), answer.items.end(),
                                   [&](const Suggestion& other) { return other.scored.item == item.scored.item; });
    ASSERT_NE(same, answer.items.end());
    EXPECT_FLOAT_EQ(same->scored.score, item.scored.score);
  }
}

TEST_F(RecommendTest, PinnedItemsComeFirstAndTakePlaces) {
  const Answer answer = ask({.user = "u1", .k = 3, .rules = {.pinned = {"j\r", "b\tc", "j\r"}}});
  ASSERT_THAT(names(answer), ::testing::SizeIs(3));
  EXPECT_EQ(names(answer)[0], "j\r");
  EXPECT_EQ(names(answer)[1], "b\tc") << "whatever the history says";
  EXPECT_TRUE(answer.items[0].pinned);
  EXPECT_FALSE(answer.items[2].pinned);
  EXPECT_THAT(names(ask({.user = "u1", .k = 1, .rules = {.pinned = {"a", "h"}}})), ElementsAre("a"));
}

TEST_F(RecommendTest, DiversityChangesTheOrderAndNotTheFirst) {
  const std::vector<std::string> plain = names(ask({.user = "u1"}));
  const std::vector<std::string> spread = names(ask({.user = "u1", .rules = {.diversity = 0.9}}));
  EXPECT_EQ(plain.front(), spread.front());
  EXPECT_NE(plain, spread);
  EXPECT_THAT(spread, ::testing::UnorderedElementsAreArray(plain));
}

TEST_F(RecommendTest, BetaWeighsThePartsOfTheScore) {
  const Answer general = ask({.user = "u1", .beta = 0.0F, .explain = true});
  for (const Suggestion& item : general.items) {
    ASSERT_TRUE(item.scored.explanation.has_value());
    EXPECT_NEAR(item.scored.explanation->target.value, 0.0, 1e-9);
    EXPECT_NEAR(item.scored.explanation->general.value, item.scored.score, 1e-5);
  }
  const Answer target = ask({.user = "u1", .beta = 1.0F, .explain = true});
  EXPECT_NEAR(target.items[0].scored.explanation->general.value, 0.0, 1e-9);
  EXPECT_NEAR(target.items[0].scored.explanation->target.value, target.items[0].scored.score, 1e-5);
  EXPECT_THAT(target.items[0].scored.explanation->drivers, Not(IsEmpty()));
}

TEST_F(RecommendTest, WhatMakesNoSenseIsRefusedAndCostsTheOthersNothing) {
  engine_ = shop_.open_engine();
  const std::vector<Ask> asks{{.user = "u1", .k = 0},
                              {.user = "u1"},
                              {.user = "u1", .beta = 2.0F},
                              {.user = "u1", .k = 5000},
                              {.history = std::vector<std::string>(10'001, "a")}};
  ThreadPool pool(1);
  const std::vector<Answer> answers = engine_->recommend(pool, asks);
  EXPECT_THAT(answers[0].refused, HasSubstr("`k` is 0"));
  EXPECT_THAT(answers[2].refused, HasSubstr("`beta` is 2"));
  EXPECT_THAT(answers[3].refused, HasSubstr("[1, 1000]"));
  EXPECT_THAT(answers[4].refused, HasSubstr("10001 items, at most 10000"));
  EXPECT_EQ(names(answers[1]), plain({"u1", {}, {}, {}}));
}

TEST_F(RecommendTest, ABatchOfDifferentAsksGivesEachItsOwn) {
  put(shop_item("h", {"mugs"}));
  add({event("u2", "i")});
  engine_ = shop_.open_engine();
  const std::vector<Ask> asks{{.user = "u0", .k = 2},
                              {.user = "u1", .rules = {.categories = {"mugs"}}},
                              {.user = "u2", .beta = 0.7F},
                              {.history = {"a"}, .k = 1},
                              {},
                              {.user = "u1", .rules = {.pinned = {"a"}}}};
  ThreadPool pool(2);
  const std::vector<Answer> together = engine_->recommend(pool, asks);
  for (std::size_t a = 0; a < asks.size(); ++a) {
    EXPECT_EQ(names(together[a]), names(answer_of(*engine_, asks[a]))) << "ask " << a;
  }
}

TEST_F(RecommendTest, SimilarItemsLeaveOutWhatIsWithheld) {
  store::Item hidden = shop_item("h");
  hidden.hidden = true;
  put(hidden);
  engine_ = shop_.open_engine();
  ThreadPool pool(1);
  const Similar near = engine_->similar(pool, "a", 3, "");
  EXPECT_EQ(near.by, "fused");
  EXPECT_THAT(near.items, ::testing::SizeIs(3));
  for (const Suggestion& item : near.items) EXPECT_THAT(item.scored.item, Not(AnyOf("a", "h")));
  EXPECT_THAT([&] { engine_->similar(pool, "a", 3, "sound"); }, ThrowsMessage<DataError>(HasSubstr("sound")));
  EXPECT_THAT([&] { engine_->similar(pool, "nothing", 3, ""); }, ThrowsMessage<DataError>(HasSubstr("nothing")));
}

}  // namespace
}  // namespace monet::serve
