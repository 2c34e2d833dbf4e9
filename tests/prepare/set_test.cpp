// From the log to the set, and its split.
#include "monet/prepare/interaction_set.h"

#include "monet/core/error.h"
#include "monet/data/interactions.h"
#include "monet/data/split.h"
#include "monet/prepare/options.h"
#include "monet/prepare/split_rules.h"
#include "tests/core/files/temporary_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace monet::test {
namespace {

using namespace prepare;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Row {
  std::string user, item, rating = {}, time = {};
  int label = -1;
};

InteractionLog log_of(const std::vector<Row>& rows) {
  InteractionLog log({});
  for (const Row& row : rows) log.add({row.user, row.item, row.rating, row.time, row.label});
  log.settle();
  return log;
}

InteractionSet set_of(const std::vector<Row>& rows, Index k = 0) {
  Cleaning cleaning;
  return clean(log_of(rows), k, false, cleaning);
}

/// `counts[u]` interactions of user u, at ascending times.
std::vector<Row> rows_of(const std::vector<int>& counts) {
  std::vector<Row> rows;
  int time = 1000;
  for (std::size_t u = 0; u < counts.size(); ++u) {
    for (int i = 0; i < counts[u]; ++i) {
      rows.push_back({"u" + std::to_string(u), "i" + std::to_string((7 * i + 3 * static_cast<int>(u)) % 40), "1",
                      std::to_string(time++)});
    }
  }
  return rows;
}

Index count(const std::vector<std::uint8_t>& parts, data::Part part) {
  return std::count(parts.begin(), parts.end(), static_cast<std::uint8_t>(part));
}

TEST(Clean, OfARepeatedPairTheEarliestStays) {
  Cleaning cleaning;
  const InteractionSet set = clean(
      log_of({{"u", "i", "1", "30"}, {"u", "i", "2", "10"}, {"v", "i", "3", "5"}, {"u", "i", "4", ""}, {"u", "j"}}), 0,
      false, cleaning);
  EXPECT_EQ(cleaning.merged, 2);
  EXPECT_THAT(set.ratings.size(), 3U);
  EXPECT_THAT(set.times[0], 10.0);
  EXPECT_THAT(set.user_ids, ElementsAre("u", "v"));
}

TEST(Clean, LabelsKeepRepetitionsApart) {
  const std::vector<Row> rows{{"u", "i", "", "", 0}, {"u", "i", "", "", 1}, {"u", "i", "", "", 1}};
  Cleaning cleaning;
  EXPECT_EQ(clean(log_of(rows), 0, true, cleaning).size(), 2);
  EXPECT_EQ(clean(log_of(rows), 0, false, cleaning).size(), 1);
}

TEST(Clean, TheCoreIsIteratedUntilNothingChanges) {
  // a, b × x, y is a 2-core; c holds on to z, and z to d: they fall one after the other.
  Cleaning cleaning;
  const InteractionSet set = clean(
      log_of({{"d", "z"}, {"c", "z"}, {"c", "x"}, {"a", "x"}, {"a", "y"}, {"b", "x"}, {"b", "y"}}), 2, false, cleaning);
  EXPECT_THAT(set.user_ids, ElementsAre("a", "b"));
  EXPECT_THAT(set.item_ids, ElementsAre("x", "y"));
  EXPECT_EQ(cleaning.core_users, 2);
  EXPECT_EQ(cleaning.core_items, 1);
  EXPECT_EQ(cleaning.core_interactions, 3);
  EXPECT_EQ(set_of({{"a", "x"}}, 2).size(), 0);
}

TEST(Rules, SizesPerUserFollowThePaper) {
  const std::vector<int> counts{1, 2, 3, 9, 10, 15, 37};
  const InteractionSet set = set_of(rows_of(counts));
  for (const SplitRule rule : {SplitRule::random, SplitRule::time}) {
    std::string note;
    const auto parts = split_set(set, rule, 5, note);
    std::map<std::int32_t, std::map<std::uint8_t, Index>> sizes;
    for (std::size_t e = 0; e < parts.size(); ++e) ++sizes[set.users[e]][parts[e]];
    for (std::size_t u = 0; u < counts.size(); ++u) {
      const auto held = data::held_out(counts[u]);
      auto& mine = sizes[static_cast<std::int32_t>(u)];
      EXPECT_EQ(mine[1], held.validation) << counts[u];
      EXPECT_EQ(mine[2], held.test) << counts[u];
    }
  }
}

TEST(Rules, GlobalTimeCutsAtPointsInTime) {
  InteractionSet set = set_of(rows_of({20, 30, 40, 10}));
  std::string note;
  auto parts = split_set(set, SplitRule::global_time, 0, note);
  EXPECT_EQ(count(parts, data::Part::validation), 10);
  EXPECT_EQ(count(parts, data::Part::test), 10);
  for (std::size_t e = 0; e < parts.size(); ++e) EXPECT_EQ(parts[e], e < 80 ? 0 : e < 90 ? 1 : 2);
  set.times[89] = set.times[90];  // equal times stay together
  parts = split_set(set, SplitRule::global_time, 0, note);
  EXPECT_EQ(parts[89], 2);
  std::fill(set.times.begin(), set.times.end(), 7.0);
  EXPECT_THROW(split_set(set, SplitRule::global_time, 0, note), DataError);
}

TEST(Rules, LeaveOneOutTakesTheNewest) {
  InteractionSet set = set_of(rows_of({2, 3, 12}));
  std::string note;
  const auto parts = split_set(set, SplitRule::leave_one_out, 0, note);
  EXPECT_THAT(std::vector<std::uint8_t>(parts.begin(), parts.begin() + 5), ElementsAre(0, 0, 0, 1, 2));
  EXPECT_EQ(parts[16], 2);
  EXPECT_EQ(parts[15], 1);
  EXPECT_EQ(count(parts, data::Part::train), 13);
  std::fill(set.times.begin(), set.times.end(), std::nan(""));
  const auto drawn = split_set(set, SplitRule::leave_one_out, 1, note);
  EXPECT_EQ(count(drawn, data::Part::test), 2);
  EXPECT_EQ(count(drawn, data::Part::validation), 2);
  EXPECT_EQ(drawn, split_set(set, SplitRule::leave_one_out, 1, note));
}

TEST(Rules, ColdItemsOccurInOnePartOnly) {
  const InteractionSet set = set_of(rows_of({30, 40, 25, 11}));
  std::string note;
  const auto parts = split_set(set, SplitRule::cold_items, 3, note);
  std::map<std::int32_t, std::set<std::uint8_t>> parts_of_item;
  for (std::size_t e = 0; e < parts.size(); ++e) parts_of_item[set.items[e]].insert(parts[e]);
  std::map<std::uint8_t, int> items;
  for (const auto& [item, in] : parts_of_item) {
    ASSERT_EQ(in.size(), 1U) << item;
    ++items[*in.begin()];
  }
  EXPECT_EQ(items[1], 4);
  EXPECT_EQ(items[2], 4);
  EXPECT_EQ(items[0], 32);
  EXPECT_NE(parts, split_set(set, SplitRule::cold_items, 4, note));
}

TEST(Rules, WhatIsMissingIsSaid) {
  const InteractionSet set = set_of({{"u", "i"}, {"u", "j", "", "5"}, {"u", "k"}});
  std::string note;
  const auto refusal = [&](SplitRule rule) { return message_of<DataError>([&] { split_set(set, rule, 0, note); }); };
  EXPECT_THAT(refusal(SplitRule::time), HasSubstr("2 of 3 have none"));
  EXPECT_THAT(refusal(SplitRule::global_time), HasSubstr("`time-column`"));
  EXPECT_THAT(refusal(SplitRule::given), HasSubstr("x_label"));
  EXPECT_THAT(refusal(SplitRule::cold_items), HasSubstr("too few"));
}

}  // namespace
}  // namespace monet::test
