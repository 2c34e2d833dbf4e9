#include "monet/data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace monet::test {
namespace {

using data::held_out;
using data::Part;
using data::Split;
using data::SplitKind;

TEST(Split, SizesOfThePaperRule) {
  struct Row {
    Index interactions, validation, test;
  };
  for (const Row row : {Row{0, 0, 0},
                        {1, 0, 0},
                        {2, 0, 0},
                        {3, 1, 1},
                        {5, 1, 1},
                        {9, 1, 1},
                        {10, 1, 1},
                        {14, 1, 1},
                        {15, 2, 1},
                        {19, 2, 1},
                        {20, 2, 2},
                        {25, 3, 2},
                        {99, 10, 9},
                        {100, 10, 10}}) {
    EXPECT_EQ(held_out(row.interactions).validation, row.validation) << row.interactions;
    EXPECT_EQ(held_out(row.interactions).test, row.test) << row.interactions;
  }
}

struct Table {
  std::vector<std::int32_t> users, items;
  std::vector<double> times;
};

/// User u has `counts[u]` distinct items; the users' entries are interleaved, times descend.
Table table_of(const std::vector<Index>& counts) {
  Table table;
  for (Index k = 0;; ++k) {
    bool any = false;
    for (std::size_t u = 0; u < counts.size(); ++u) {
      if (k >= counts[u]) continue;
      any = true;
      table.users.push_back(static_cast<std::int32_t>(u));
      table.items.push_back(static_cast<std::int32_t>((7 * k + 3) % 101));
      table.times.push_back(-static_cast<double>(k));
    }
    if (!any) return table;
  }
}

Split split(const Table& table, Index users, SplitKind kind, std::uint64_t seed) {
  return data::split_interactions(table.users, table.items, table.times, users, kind, seed);
}

Index count(const Table& table, const Split& split, std::int32_t user, Part part) {
  Index found = 0;
  for (std::size_t e = 0; e < table.users.size(); ++e) {
    if (table.users[e] == user && split.part[e] == static_cast<std::uint8_t>(part)) ++found;
  }
  return found;
}

TEST(Split, EveryUserIsSplitByTheRule) {
  const std::vector<Index> counts = {1, 2, 3, 9, 10, 15, 60, 0};
  const Table table = table_of(counts);
  for (const SplitKind kind : {SplitKind::random, SplitKind::time}) {
    const Split result = split(table, 8, kind, 5);
    EXPECT_EQ(result.repeated, 0);
    for (std::size_t u = 0; u < counts.size(); ++u) {
      const auto user = static_cast<std::int32_t>(u);
      const auto held = held_out(counts[u]);
      EXPECT_EQ(count(table, result, user, Part::validation), held.validation) << u;
      EXPECT_EQ(count(table, result, user, Part::test), held.test) << u;
      EXPECT_EQ(count(table, result, user, Part::train), counts[u] - held.validation - held.test) << u;
    }
  }
}

TEST(Split, RandomFollowsTheSeed) {
  const Table table = table_of({50, 40, 30});
  EXPECT_EQ(split(table, 3, SplitKind::random, 1).part, split(table, 3, SplitKind::random, 1).part);
  EXPECT_NE(split(table, 3, SplitKind::random, 1).part, split(table, 3, SplitKind::random, 2).part);
}

TEST(Split, RandomHoldsOutEveryItemAboutEquallyOften) {
  const Table table = table_of({10});
  std::vector<int> tested(table.items.size());
  std::vector<int> validated(table.items.size());
  constexpr int kSeeds = 2000;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Split result = split(table, 1, SplitKind::random, seed);
    for (std::size_t e = 0; e < tested.size(); ++e) {
      tested[e] += result.part[e] == static_cast<std::uint8_t>(Part::test) ? 1 : 0;
      validated[e] += result.part[e] == static_cast<std::uint8_t>(Part::validation) ? 1 : 0;
    }
  }
  // Each of 10 items is the one held out with p = 0.1: standard deviation sqrt(2000 · 0.09) = 13.4; five of them.
  for (const int times : tested) EXPECT_NEAR(times, kSeeds / 10, 67);
  for (const int times : validated) EXPECT_NEAR(times, kSeeds / 10, 67);
}

TEST(Split, TimeTestsTheNewest) {
  Table table;
  // Entry e has time 100 - e: the first entries are the newest.
  for (int e = 0; e < 15; ++e) {
    table.users.push_back(0);
    table.items.push_back((e * 4) % 15);
    table.times.push_back(100.0 - e);
  }
  const Split result = split(table, 1, SplitKind::time, 0);
  EXPECT_EQ(result.part[0], static_cast<std::uint8_t>(Part::test));
  EXPECT_EQ(result.part[1], static_cast<std::uint8_t>(Part::validation));
  EXPECT_EQ(result.part[2], static_cast<std::uint8_t>(Part::validation));
  for (std::size_t e = 3; e < 15; ++e) EXPECT_EQ(result.part[e], static_cast<std::uint8_t>(Part::train));
}

TEST(Split, RepeatedPairsAreMergedBeforeTheSizesAreTaken) {
  Table table = table_of({9});
  table.users.insert(table.users.end(), {0, 0, 0});
  table.items.insert(table.items.end(), {table.items[4], table.items[4], table.items[0]});
  table.times.insert(table.times.end(), {50.0, -100.0, 60.0});
  for (const SplitKind kind : {SplitKind::random, SplitKind::time}) {
    const Split result = split(table, 1, kind, 3);
    EXPECT_EQ(result.repeated, 3);
    EXPECT_EQ(count(table, result, 0, Part::test), 1);
    EXPECT_EQ(count(table, result, 0, Part::validation), 1);
    std::set<std::int32_t> kept;
    for (std::size_t e = 0; e < table.items.size(); ++e) {
      if (result.part[e] != Split::kRepeated) {
        EXPECT_TRUE(kept.insert(table.items[e]).second);
      }
    }
    EXPECT_EQ(kept.size(), 9U);
  }
  // By time the earliest of item 4's three entries stays: the one at -100, entry 10.
  const Split by_time = split(table, 1, SplitKind::time, 3);
  EXPECT_EQ(by_time.part[10], static_cast<std::uint8_t>(Part::train));
  EXPECT_EQ(by_time.part[4], Split::kRepeated);
  EXPECT_EQ(by_time.part[9], Split::kRepeated);
}

}  // namespace
}  // namespace monet::test
