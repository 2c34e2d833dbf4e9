// What is recorded and changed counts at once; another process' changes are found; the artifact is exchanged.
#include "monet/core/error.h"
#include "tests/serve/small_shop.h"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
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
using ::testing::IsEmpty;
using ::testing::Not;

class EngineTest : public ::testing::Test {
 protected:
  store::AppendOutcome record(std::vector<store::Event> events) {
    std::promise<store::AppendOutcome> promise;
    EXPECT_TRUE(engine_->record(std::move(events),
                                [&](store::AppendOutcome outcome) { promise.set_value(std::move(outcome)); }));
    return promise.get_future().get();
  }
  void put(const store::Item& item) { engine_->put_items({&item, 1}); }
  Answer ask(const Ask& ask) { return answer_of(*engine_, ask); }

  test::SmallShop shop_;
  std::unique_ptr<Engine> engine_ = shop_.open_engine();
};

TEST_F(EngineTest, WhatWasAcknowledgedCountsInTheNextAnswer) {
  const Answer before = ask({.user = "u1"});
  EXPECT_EQ(record({event("u1", before.items[0].scored.item)}).result.added, 1);
  const Answer after = ask({.user = "u1"});
  EXPECT_EQ(after.fresh, 1);
  EXPECT_THAT(names(after), Not(Contains(before.items[0].scored.item)));
  EXPECT_EQ(shop_.store().newest_events({.user = "u1", .item = {}, .kind = {}}, 10).size(), 1U);
}

TEST_F(EngineTest, TheSameKeyCountsOnce) {
  store::Event keyed = event("u1", "a");
  keyed.key = "order-1";
  EXPECT_EQ(record({keyed}).result.added, 1);
  const store::AppendOutcome again = record({keyed});
  EXPECT_EQ(again.result.duplicates, 1);
  EXPECT_EQ(engine_->live().num_events(), 1U);
  keyed.item = "h";
  EXPECT_TRUE(record({keyed}).error) << "another content under the same key";
}

TEST_F(EngineTest, ItemsChangeAtOnce) {
  store::Item item = shop_item("h", {"mugs"}, 3.0);
  put(item);
  EXPECT_THAT(names(ask({.user = "u1", .rules = {.categories = {"mugs"}}})), ElementsAre("h"));
  ASSERT_TRUE(engine_->patch_item("h", {.available = false}).has_value());
  EXPECT_THAT(names(ask({.user = "u1"})), Not(Contains("h")));
  EXPECT_EQ(engine_->patch_item("no such item", {.available = false}), std::nullopt);
}

TEST_F(EngineTest, AnItemIsCalledAsTheShopCallsItNow) {
  const auto title = [&](const std::string& item) {
    for (const Suggestion& suggested : ask({.user = "u1"}).items) {
      if (suggested.scored.item == item) return suggested.scored.title;
    }
    return std::string("not listed");
  };
  const std::string before = title("h");
  store::Item item = shop_item("h");
  item.title = "a new name";
  put(item);
  EXPECT_EQ(title("h"), "a new name");
  ASSERT_TRUE(engine_->patch_item("h", {.title = "a newer name"}).has_value());
  EXPECT_EQ(title("h"), "a newer name");
  engine_.reset();
  engine_ = shop_.open_engine();
  EXPECT_EQ(title("h"), "a newer name");
  const auto driver = [&](const std::string& id) {
    for (const Suggestion& suggested : ask({.user = "new", .explain = true}).items) {
      for (const recommend::Driver& past : suggested.scored.explanation->drivers) {
        if (past.item == id) return past.title;
      }
    }
    return std::string("not listed");
  };
  record({event("new", "a")});
  ASSERT_NE(driver("a"), "not listed");
  item = shop_item("a");
  item.title = "what she had";
  put(item);
  EXPECT_EQ(driver("a"), "what she had");
  ASSERT_TRUE(engine_->patch_item("h", {.title = ""}).has_value());
  EXPECT_EQ(title("h"), before) << "without one of the shop it is the artifact's";
}

TEST_F(EngineTest, ADeletedItemStaysAwayAlsoAfterAStart) {
  EXPECT_TRUE(engine_->delete_item("h"));
  EXPECT_FALSE(engine_->delete_item("h")) << "it is gone";
  EXPECT_FALSE(engine_->delete_item("no such item"));
  EXPECT_THAT(names(ask({.user = "u1"})), Not(Contains("h")));
  engine_.reset();
  engine_ = shop_.open_engine();
  EXPECT_THAT(names(ask({.user = "u1"})), Not(Contains("h")));
  put(shop_item("h"));
  EXPECT_THAT(names(ask({.user = "u1"})), Contains("h"));
}

TEST_F(EngineTest, AnErasedUserIsForgotten) {
  record({event("new", "a"), event("new", "h"), event("other", "i")});
  EXPECT_EQ(ask({.user = "new"}).fresh, 2);
  EXPECT_EQ(engine_->erase_user("new").events, 2);
  const Answer after = ask({.user = "new"});
  EXPECT_EQ(after.history, 0);
  EXPECT_NE(after.source, Source::model);
  EXPECT_EQ(ask({.user = "other"}).fresh, 1);
}

TEST_F(EngineTest, WhatIsStillOnItsWayIsErasedToo) {
  for (int e = 0; e < 200; ++e) {
    ASSERT_TRUE(engine_->record({event("new", "a", e)},
                                [](const store::AppendOutcome& outcome) { EXPECT_FALSE(outcome.error); }));
  }
  EXPECT_EQ(engine_->erase_user("new").events, 200);
  engine_->catch_up();
  EXPECT_FALSE(engine_->live().knows("new"));
  EXPECT_THAT(shop_.store().newest_events({.user = "new"}, 10), IsEmpty());
}

TEST_F(EngineTest, DeletedEventsOfAUserCountNoMore) {
  record({event("new", "a"), event("new", "h"), event("other", "h")});
  EXPECT_EQ(engine_->delete_events({.user = "new", .item = "h"}), 1);
  EXPECT_EQ(ask({.user = "new"}).fresh, 1);
  EXPECT_EQ(ask({.user = "other"}).fresh, 1);
  EXPECT_EQ(engine_->delete_events({.user = "new"}), 1);
  EXPECT_FALSE(engine_->live().knows("new"));
  EXPECT_EQ(engine_->delete_events({.item = "h"}), 1);
  EXPECT_EQ(ask({.user = "other"}).fresh, 0);
}

// A store may hold millions of events: what was changed here is known, and not looked for.
TEST_F(EngineTest, ItsOwnChangesDoNotMakeItReadEverythingAnew) {
  record({event("new", "a"), event("new", "h")});
  put(shop_item("h", {"mugs"}));
  engine_->patch_item("h", {.price = 3.0});
  engine_->delete_item("i");
  store::User user;
  user.id = "new";
  store::UserPatch comment;
  comment.comment = "hers";
  engine_->put_users({&user, 1});
  engine_->patch_user("new", comment);
  engine_->delete_events({.user = "new", .item = "h"});
  engine_->erase_user("new");
  engine_->catch_up();
  EXPECT_EQ(engine_->whole_reads(), 1) << "at the start";
  shop_.store().put_users({&user, 1});
  engine_->catch_up();
  EXPECT_EQ(engine_->whole_reads(), 2) << "another's change is not known";
}

TEST_F(EngineTest, WhatAnotherProcessWroteIsFound) {
  const std::vector<store::Event> theirs{event("new", "a")};
  shop_.store().append(theirs);
  EXPECT_EQ(ask({.user = "new"}).fresh, 0);
  engine_->catch_up();
  EXPECT_EQ(ask({.user = "new"}).fresh, 1);
  // An item and an erasure: everything is read anew.
  store::Item hidden = shop_item("h");
  hidden.hidden = true;
  shop_.store().put_items({&hidden, 1});
  shop_.store().erase_user("new");
  engine_->catch_up();
  EXPECT_EQ(ask({.user = "new"}).fresh, 0);
  EXPECT_THAT(names(ask({.user = "u1"})), Not(Contains("h")));
}

TEST_F(EngineTest, AnotherArtifactTakesOverAndADamagedOneDoesNot) {
  put(shop_item("h", {"mugs"}));
  const std::string first = engine_->loaded()->version;
  engine_->reload();
  EXPECT_EQ(engine_->loaded()->version, first);
  shop_.write_artifact(3.0F);
  const Answer old = ask({.user = "u1"});
  engine_->reload();
  EXPECT_NE(engine_->loaded()->version, first);
  EXPECT_THAT(names(ask({.user = "u1", .rules = {.categories = {"mugs"}}})), ElementsAre("h"))
      << "rules hold as before";
  EXPECT_EQ(old.loaded->version, first) << "an answer keeps what made it";
  const std::string second = engine_->loaded()->version;
  shop_.damage_artifact();
  EXPECT_THROW(engine_->reload(), DataError);
  EXPECT_EQ(engine_->loaded()->version, second);
  EXPECT_THAT(names(ask({.user = "u1"})), Not(IsEmpty()));
}

// Run under the thread sanitizer, too.
TEST_F(EngineTest, AsksGoOnWhileEverythingChanges) {
  std::atomic<bool> stop = false;
  std::atomic<int> answered = 0;
  std::vector<std::thread> askers;
  for (int t = 0; t < 2; ++t) {
    askers.emplace_back([&] {
      while (!stop) {
        const Answer answer = ask({.user = "u1", .rules = {.most_per_category = 1}, .explain = true});
        EXPECT_THAT(answer.refused, IsEmpty());
        EXPECT_THAT(answer.items, Not(IsEmpty()));
        ++answered;
      }
    });
  }
  for (int round = 0; round < 20 || answered < 20; ++round) {
    record({event("u1", "a"), event("u" + std::to_string(round), "i")});
    put(shop_item("h", {"mugs"}, round));
    if (round % 5 == 0) shop_.write_artifact(static_cast<float>(round + 1));
    engine_->reload();
    engine_->erase_user("u1");
    engine_->catch_up();
  }
  stop = true;
  for (std::thread& asker : askers) asker.join();
}

}  // namespace
}  // namespace monet::serve
