// Events in memory.
#include "monet/serve/live.h"

#include "tests/serve/small_shop.h"

#include <gmock/gmock.h>

namespace monet::serve {
namespace {

using test::event;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kDay = 24 * 3600;

std::vector<std::string> items(const std::vector<Touched>& touched) {
  std::vector<std::string> result;
  for (const Touched& one : touched) result.push_back(one.item);
  return result;
}

TEST(Live, ItemsOfAUserAreThoseOfHerEventsTheNewestFirstEachOnce) {
  Live live({.kind_weights = {}, .most_items = 2});
  for (const char* item : {"a", "b", "a", "c"}) live.add(event("u", item), 0);
  EXPECT_THAT(live.items_of("u"), ElementsAre("c", "a")) << "b is beyond the limit";
  EXPECT_THAT(live.items_of("v"), IsEmpty());
  EXPECT_TRUE(live.knows("u"));
  EXPECT_FALSE(live.knows("v"));
  EXPECT_EQ(live.num_events(), 4U);
}

TEST(Live, AnEventThatWeighsNothingIsNoSignOfLiking) {
  Live live({.kind_weights = {{"dislike", 0.0}, {"return", -1.0}}});
  store::Event of_kind = event("u", "a");
  of_kind.kind = "dislike";
  live.add(of_kind, 0);
  of_kind.kind = "return";
  live.add(of_kind, 0);
  EXPECT_THAT(live.items_of("u"), IsEmpty());
  of_kind.weight = 0.5;  // its own weight wins
  live.add(of_kind, 0);
  EXPECT_THAT(live.items_of("u"), ElementsAre("a"));
}

TEST(Live, RecentIsWhatWasTouchedWithinTheTime) {
  Live live({.kind_weights = {}, .recent_seconds = 2 * kDay});
  const std::int64_t now = 1000 * kDay;
  for (const auto& [item, age] : std::vector<std::pair<std::string, std::int64_t>>{
           {"old", 3 * kDay}, {"old", 3 * kDay}, {"b", kDay}, {"a", kDay}, {"c", 0}, {"c", kDay}}) {
    live.add(event("u", item, now - age), now);
  }
  EXPECT_THAT(items(*live.recent(now)), ElementsAre("c", "a", "b")) << "by times, then by id";
  EXPECT_THAT(items(*live.recent(now + 2 * kDay)), ElementsAre("c"));
  EXPECT_THAT(*live.recent(now + 4 * kDay), IsEmpty());
}

TEST(Live, AnEventFromTheFutureDoesNotCountNowNorHideWhatDoes) {
  Live live({.kind_weights = {}, .recent_seconds = kDay});
  const std::int64_t now = 1000 * kDay;
  live.add(event("u", "a", now), now);
  live.add(event("u", "later", now + 1000 * kDay), now);
  EXPECT_THAT(items(*live.recent(now)), ElementsAre("a"));
}

TEST(Live, MuchIsNotCountedAnewForEveryAnswer) {
  Live live({});
  const std::int64_t now = 1000 * kDay;
  for (int item = 0; item < 2000; ++item) live.add(event("u", std::to_string(item), now), now);
  const auto first = live.recent(now);
  live.add(event("u", "1999", now), now);
  EXPECT_EQ(live.recent(now + 1), first);
  EXPECT_EQ(live.recent(now + 10)->front().item, "1999");
}

TEST(Live, AUserIsForgotten) {
  Live live({});
  live.add(event("u", "a"), 0);
  live.add(event("v", "b"), 0);
  live.forget("u");
  EXPECT_FALSE(live.knows("u"));
  EXPECT_THAT(live.items_of("u"), IsEmpty());
  EXPECT_EQ(live.num_users(), 1U);
}

TEST(Live, UsersAreFoundByAPartOfTheirId) {
  Live live({});
  for (const char* user : {"anna", "hanna", "otto", "susanna"}) live.add(event(user, "a"), 0);
  EXPECT_THAT(live.find_users("anna", "", 2), ElementsAre("anna", "hanna"));
  EXPECT_THAT(live.find_users("anna", "hanna", 2), ElementsAre("susanna"));
}

}  // namespace
}  // namespace monet::serve
