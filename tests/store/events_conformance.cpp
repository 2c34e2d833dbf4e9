#include "monet/core/error.h"
#include "tests/store/conformance.h"

#include <array>
#include <limits>

namespace monet::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_P(StoreEvents, ComeBackInOrderWithAllTheyHold) {
  const std::vector<Event> events{{"u", "i", "buy", 0.1, 0, "key"},
                                  {"u", "i", "view", std::nullopt, 253'402'300'799, ""},
                                  {"v", "j", "view", 1e6, 1, ""},
                                  {"v", "j", "view", 1.0 / 3.0, 1, "other key"}};
  const AppendResult result = store_->append(events);
  EXPECT_EQ(result.added, 4);
  EXPECT_EQ(result.duplicates, 0);
  EXPECT_THAT(result.positions, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(all_events(*store_), events);
  reopen();
  EXPECT_EQ(all_events(*store_), events);
  EXPECT_EQ(store_->counts().events, 4);
}

TEST_P(StoreEvents, NoneAreAppended) {
  EXPECT_EQ(store_->append({}).added, 0);
  EXPECT_THAT(store_->append_groups({}), IsEmpty());
  EXPECT_EQ(store_->state(), State());
}

TEST_P(StoreEvents, PagesFollowEachOther) {
  std::vector<Event> events;
  for (int n = 0; n < 1000; ++n) events.push_back(view("u" + std::to_string(n % 7), "i" + std::to_string(n)));
  store_->append(events);
  std::vector<Event> read;
  std::int64_t position = 0;
  for (;;) {
    const auto page = store_->events_since(position, 300);
    if (page.empty()) break;
    ASSERT_LE(page.size(), 300U);
    for (const StoredEvent& stored : page) {
      EXPECT_GT(stored.position, position);
      position = stored.position;
      read.push_back(stored.event);
    }
  }
  EXPECT_EQ(read, events);
  EXPECT_EQ(position, store_->state().position);
  EXPECT_THAT(store_->events_since(0, 0), IsEmpty());
}

TEST_P(StoreEvents, PositionsAreNeverUsedTwice) {
  const std::array events{view("u", "i"), view("u", "j")};
  store_->append(events);
  EXPECT_EQ(store_->erase_user("u").events, 2);
  reopen();
  EXPECT_THAT(store_->append(events).positions, ElementsAre(3, 4));
}

TEST_P(StoreEvents, AKeySentAgainIsADuplicate) {
  const std::array events{view("u", "i", "a"), view("u", "j", "b")};
  store_->append(events);
  reopen();
  const std::array again{view("u", "j", "b"), view("u", "k", "c"), view("u", "i", "a"), view("u", "k", "c")};
  const AppendResult result = store_->append(again);
  EXPECT_THAT(result.positions, ElementsAre(2, 3, 1, 3));
  EXPECT_EQ(result.added, 1);
  EXPECT_EQ(result.duplicates, 3);
  EXPECT_EQ(store_->counts().events, 3);
}

TEST_P(StoreEvents, WithoutAKeyTheSameHappensTwice) {
  const std::array events{view("u", "i"), view("u", "i")};
  EXPECT_EQ(store_->append(events).added, 2);
}

TEST_P(StoreEvents, AKeyOfAnotherEventIsRefusedWithAllBesideIt) {
  Event first = view("u", "i", "order 7");
  first.weight = 1.0;
  store_->append({&first, 1});
  Event other = first;
  other.weight = 2.0;
  const std::array events{view("v", "j", "order 8"), other};
  EXPECT_THAT(message_of<DataError>([&] { store_->append(events); }), HasSubstr("'order 7'"));
  EXPECT_THAT(all_events(*store_), ElementsAre(first));
  // Within one call, too.
  const std::array twice{view("v", "j", "order 9"), view("v", "k", "order 9")};
  EXPECT_THAT(message_of<DataError>([&] { store_->append(twice); }), HasSubstr("'order 9'"));
  EXPECT_EQ(store_->counts().events, 1);
}

TEST_P(StoreEvents, OfSeveralGroupsOnlyTheRefusedOneIsLeftOut) {
  Event bad = view("", "i");
  const std::vector<std::vector<Event>> groups{{view("u", "a", "1"), view("u", "b")},
                                               {view("u", "c", "2"), view("u", "d", "1")},
                                               {view("u", "e"), bad},
                                               {view("u", "f", "2"), view("u", "a", "1")}};
  const std::vector<AppendOutcome> outcomes = store_->append_groups(groups);
  ASSERT_EQ(outcomes.size(), 4U);
  EXPECT_FALSE(outcomes[0].error);
  EXPECT_THAT(outcomes[0].result.positions, ElementsAre(1, 2));
  EXPECT_THAT(message_of<DataError>([&] { std::rethrow_exception(outcomes[1].error); }), HasSubstr("'1'"));
  EXPECT_THAT(message_of<DataError>([&] { std::rethrow_exception(outcomes[2].error); }), HasSubstr("empty"));
  EXPECT_FALSE(outcomes[3].error);  // the refused group has not used up its key
  EXPECT_THAT(outcomes[3].result.positions, ElementsAre(3, 1));
  EXPECT_THAT(all_events(*store_), ElementsAre(groups[0][0], groups[0][1], groups[3][0]));
}

TEST_P(StoreEvents, ManyKeysAtOnce) {
  std::vector<Event> events;
  for (int n = 0; n < 1500; ++n) events.push_back(view("u", "i" + std::to_string(n), "key " + std::to_string(n)));
  EXPECT_EQ(store_->append(events).added, 1500);
  for (int n = 0; n < 1500; ++n) events.push_back(view("u", "j", "more " + std::to_string(n)));
  const AppendResult again = store_->append(events);
  EXPECT_EQ(again.added, 1500);
  EXPECT_EQ(again.duplicates, 1500);
}

TEST_P(StoreEvents, TheNewestOfAUserAnItemAKind) {
  std::vector<Event> events;
  for (int n = 0; n < 12; ++n) {
    Event event = view("u" + std::to_string(n % 2), "i" + std::to_string(n % 3));
    event.kind = n % 4 == 0 ? "buy" : "view";
    events.push_back(event);
  }
  store_->append(events);
  const auto positions = [&](const EventFilter& filter, std::size_t limit, std::int64_t before = kNoPosition) {
    std::vector<std::int64_t> found;
    for (const StoredEvent& stored : store_->newest_events(filter, limit, before)) {
      EXPECT_EQ(stored.event, events[static_cast<std::size_t>(stored.position - 1)]);
      found.push_back(stored.position);
    }
    return found;
  };
  EXPECT_THAT(positions({"u0", {}, {}}, 3), ElementsAre(11, 9, 7));
  EXPECT_THAT(positions({"u0", {}, {}}, 3, 7), ElementsAre(5, 3, 1));
  EXPECT_THAT(positions({{}, "i1", {}}, 9), ElementsAre(11, 8, 5, 2));
  EXPECT_THAT(positions({"u0", {}, "buy"}, 9), ElementsAre(9, 5, 1));
  EXPECT_THAT(positions({"u0", "i2", "view"}, 9), ElementsAre(3));
  EXPECT_THAT(positions({}, 2), ElementsAre(12, 11));
  EXPECT_THAT(positions({"nobody", {}, {}}, 9), IsEmpty());
}

TEST_P(StoreEvents, ThoseOfAPairAreDeleted) {
  Event buy = view("u", "i");
  buy.kind = "buy";
  const std::array events{view("u", "i"), buy, view("u", "i"), view("u", "j"), view("v", "i")};
  store_->append(events);
  const State before = store_->state();
  EXPECT_EQ(store_->delete_events({"u", "i", "view"}), 2);
  EXPECT_THAT(all_events(*store_), ElementsAre(buy, events[3], events[4]));
  EXPECT_EQ(store_->state().position, before.position);
  EXPECT_GT(store_->state().revision, before.revision);
  EXPECT_EQ(store_->delete_events({"u", "i", {}}), 1);
  EXPECT_EQ(store_->delete_events({"u", "i", {}}), 0);
  EXPECT_THROW(store_->delete_events({{}, {}, "view"}), InvalidArgument);
  EXPECT_EQ(store_->counts().events, 2);
}

TEST_P(StoreEvents, AnErasedUserIsGoneAndOthersStay) {
  const std::array events{view("u", "i", "a"), view("v", "i", "b"), view("u", "j")};
  store_->append(events);
  const std::array users{User{"u", "{}", "call her"}, User{"v", "{}", ""}};
  store_->put_users(users);
  const Erased erased = store_->erase_user("u");
  EXPECT_EQ(erased.events, 2);
  EXPECT_TRUE(erased.profile);
  EXPECT_FALSE(store_->user("u"));
  EXPECT_TRUE(store_->user("v"));
  EXPECT_THAT(all_events(*store_), ElementsAre(events[1]));
  const Erased again = store_->erase_user("u");
  EXPECT_EQ(again.events, 0);
  EXPECT_FALSE(again.profile);
  // With her events their keys are forgotten.
  EXPECT_EQ(store_->append({&events[0], 1}).added, 1);
}

TEST_P(StoreEvents, TextsOfAnyLanguageAndWordsOfSqlAreOnlyTexts) {
  const std::vector<std::string> texts{"Zoë",
                                       "用户-7",
                                       "مستخدم",
                                       "👩‍👩‍👧‍👦",
                                       "e\xcc\x81",
                                       "\xf4\x8f\xbf\xbf",
                                       "'; DROP TABLE events; --",
                                       "\" OR 1=1 --",
                                       "%_\\$1 ?1 :a @b",
                                       "{}",
                                       "NA",
                                       "a b",
                                       "../../etc/passwd",
                                       "<script>alert(1)</script>",
                                       std::string(256, 'x')};
  std::vector<Event> events;
  for (const std::string& text : texts) events.push_back({text, text, text, 1.0, 1, text});
  store_->append(events);
  EXPECT_EQ(all_events(*store_), events);
  for (std::size_t n = 0; n < texts.size(); ++n) {
    const auto found = store_->newest_events({texts[n], texts[n], texts[n]}, 9);
    ASSERT_EQ(found.size(), 1U) << texts[n];
    EXPECT_EQ(found[0].event, events[n]);
  }
  EXPECT_EQ(store_->append(events).duplicates, static_cast<std::int64_t>(texts.size()));
  for (const std::string& text : texts) EXPECT_EQ(store_->erase_user(text).events, 1) << text;
  EXPECT_EQ(store_->counts().events, 0);
}

TEST_P(StoreEvents, WhatIsNotAllowedIsRefusedInOneLine) {
  const auto with = [](auto change) {
    Event event = view("u", "i", "k");
    change(event);
    return event;
  };
  struct Case {
    Event event;
    std::string part;
  };
  const std::vector<Case> cases{
      {with([](Event& e) { e.user = ""; }), "user id of an event is empty"},
      {with([](Event& e) { e.item = ""; }), "item id of an event is empty"},
      {with([](Event& e) { e.kind = ""; }), "kind of an event is empty"},
      {with([](Event& e) { e.user = std::string(257, 'x'); }), "257 bytes"},
      {with([](Event& e) { e.user = "a\nb"; }), "control character"},
      {with([](Event& e) { e.user = "a\x7f"; }), "control character"},
      {with([](Event& e) { e.user = "a\xc2\x85z"; }), "control character"},
      {with([](Event& e) { e.item = "a\xe2\x80\xa8z"; }), "control character"},
      {with([](Event& e) { e.item = std::string("a\0b", 3); }), "NUL"},
      {with([](Event& e) { e.item = "\xff"; }), "not UTF-8"},
      {with([](Event& e) { e.item = "\xed\xa0\x80"; }), "not UTF-8"},
      {with([](Event& e) { e.item = "\xc0\xaf"; }), "not UTF-8"},
      {with([](Event& e) { e.item = " i"; }), "blanks"},
      {with([](Event& e) { e.user = "null"; }), "missing"},
      {with([](Event& e) { e.key = "a\tb"; }), "idempotency key"},
      {with([](Event& e) { e.weight = std::numeric_limits<double>::infinity(); }), "weight"},
      {with([](Event& e) { e.weight = std::numeric_limits<double>::quiet_NaN(); }), "weight"},
      {with([](Event& e) { e.weight = 0.0; }), "weight"},
      {with([](Event& e) { e.weight = -1.0; }), "weight"},
      {with([](Event& e) { e.time = -1; }), "time"},
      {with([](Event& e) { e.time = 1'700'000'000'000; }), "in seconds"},
  };
  for (const Case& wrong : cases) {
    const std::array events{view("v", "j"), wrong.event};
    const std::string message = message_of<DataError>([&] { store_->append(events); });
    EXPECT_THAT(message, HasSubstr(wrong.part));
    EXPECT_THAT(message, Not(HasSubstr("\n")));
  }
  EXPECT_THROW(store_->erase_user("a\nb"), DataError);
  EXPECT_THROW(store_->newest_events({"\xff", {}, {}}, 1), DataError);
  EXPECT_EQ(store_->counts().events, 0);
}

}  // namespace
}  // namespace monet::store::test
