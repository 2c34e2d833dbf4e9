#include "monet/rank/rank.h"

#include "monet/core/error.h"
#include "monet/rank/scores.h"
#include "tests/rank/problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

namespace monet::rank {
namespace {

using monet::testing::Problem;
using scoring::ScoreKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Throws;

/// The best candidates by sorting a whole row of scores.
std::vector<std::int32_t> sorted_candidates(std::span<const float> scores, const std::set<std::int32_t>& blocked,
                                            Index k) {
  std::vector<std::int32_t> items;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    if (!blocked.contains(static_cast<std::int32_t>(c))) items.push_back(static_cast<std::int32_t>(c));
  }
  std::stable_sort(items.begin(), items.end(), [&](std::int32_t a, std::int32_t b) {
    return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
  });
  items.resize(std::min(items.size(), static_cast<std::size_t>(k)));
  return items;
}

std::vector<std::int32_t> list(const Ranking& ranking, Index row) {
  const auto items = ranking.row(row);
  return {items.begin(), items.end()};
}

void expect_sorted_lists(const Problem& problem, const RankOptions& options, int threads) {
  ThreadPool pool(threads);
  const auto users = problem.all_users();
  const Ranking ranking = rank(pool, problem.scoring, users, options);
  const Matrix<float> scores = score_matrix(pool, problem.scoring, users, options.tiles);
  for (Index u = 0; u < scores.rows(); ++u) {
    std::set<std::int32_t> blocked(problem.history.row(u).begin(), problem.history.row(u).end());
    for (const CsrView& mask : options.masks) blocked.insert(mask.row(u).begin(), mask.row(u).end());
    if (options.exclude.rows > 0) blocked.insert(options.exclude.row(u).begin(), options.exclude.row(u).end());
    const auto expected =
        sorted_candidates({scores.row(u), static_cast<std::size_t>(scores.cols())}, blocked, options.k);
    ASSERT_EQ(list(ranking, u), expected) << "user " << u;
    for (std::size_t r = 0; r < expected.size(); ++r) {
      EXPECT_EQ(ranking.scores(u, static_cast<Index>(r)), scores(u, expected[r]));
    }
    for (Index r = static_cast<Index>(expected.size()); r < ranking.items.cols(); ++r)
      EXPECT_EQ(ranking.items(u, r), -1);
  }
}

TEST(Rank, ListsTheBestCandidatesOfEveryUser) {
  for (const Index items : {1, 3, 64, 70, 400}) {
    const Problem problem(25, items, 8, 0.6, {1, 2, 0, 5, 30});
    for (const Index k : {1, 5, 20, 1000}) {
      for (const int threads : {1, 3}) {
        SCOPED_TRACE(::testing::Message() << items << " items, k " << k << ", threads " << threads);
        RankOptions options;
        options.k = k;
        expect_sorted_lists(problem, options, threads);
      }
    }
  }
}

TEST(Rank, LeavesOutMasksAndExclusions) {
  const Problem problem(12, 90, 8, 0.6, {1, 4, 0, 9});
  const Problem other(12, 90, 8, 0.6, {20, 0, 3});
  const Problem third(12, 90, 8, 0.6, {2, 70});
  RankOptions options;
  options.k = 15;
  options.masks = {other.history};
  options.exclude = third.history;
  expect_sorted_lists(problem, options, 1);
  expect_sorted_lists(problem, options, 2);
}

TEST(Rank, IsTheSameForAnyThreadsTileAndBlock) {
  const Problem problem(60, 500, 16, 0.5, {1, 2, 3, 0, 50, 120});
  const auto users = problem.all_users();
  ThreadPool one(1);
  const Ranking expected = rank(one, problem.scoring, users, {});
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    const Ranking same_tiles = rank(pool, problem.scoring, users, {});
    EXPECT_TRUE(
        std::equal(expected.scores.data(), expected.scores.data() + expected.scores.size(), same_tiles.scores.data()))
        << "scores must be the same bits for any number of threads";
    for (const Index tile : {13, 64, 128, 1000}) {
      for (const Index block : {1, 17, 0}) {
        RankOptions options;
        options.tiles = {tile, block};
        const Ranking other = rank(pool, problem.scoring, users, options);
        for (Index u = 0; u < 60; ++u) {
          EXPECT_EQ(list(other, u), list(expected, u)) << "user " << u << ", tile " << tile << ", block " << block;
          for (Index r = 0; r < 20; ++r) EXPECT_NEAR(other.scores(u, r), expected.scores(u, r), 1e-5);
        }
      }
    }
  }
}

TEST(Rank, BreaksTiesByItem) {
  Problem problem(6, 200, 4, 0.5, {1, 2, 3, 50});
  // Only seven different items: every list is made of ties, and the last places are a choice among equals.
  for (Index i = 0; i < 200; ++i) {
    for (Index c = 0; c < problem.item_memory.cols(); ++c) {
      problem.item_memory(i, c) = 0.125F * static_cast<float>(i % 7) - 0.25F;
    }
  }
  for (const int threads : {1, 4}) {
    for (const Index k : {10, 40, 64, 65, 90}) {
      RankOptions options;
      options.k = k;
      expect_sorted_lists(problem, options, threads);
    }
  }
}

TEST(Rank, GivesPopularityToUsersWithoutHistory) {
  const Problem problem(8, 5, 3, 0.5, {3, 0});
  ThreadPool pool(1);
  const std::vector<std::int32_t> users = {1, 0, 7, 1};
  const Ranking ranking = rank(pool, problem.scoring, users, {});
  EXPECT_EQ(ranking.num_popular, 3);
  EXPECT_THAT(ranking.popular, ElementsAre(1, 0, 1, 1));
  const auto order = sorted_candidates(problem.popularity, {}, 20);
  EXPECT_EQ(list(ranking, 0), order);
  EXPECT_EQ(list(ranking, 2), order);
  EXPECT_EQ(list(ranking, 3), order);
  EXPECT_EQ(list(ranking, 1).size(), 2U);
  EXPECT_EQ(ranking.scores(0, 0), problem.popularity[static_cast<std::size_t>(order[0])]);
}

TEST(Rank, TakesUsersTheModelHasNotSeen) {
  const Problem problem(8, 40, 6, 0.5, {2, 5});
  const Problem newcomers(3, 40, 6, 0.4, {4, 1, 9});
  scoring::Scoring scoring = problem.scoring;
  scoring.user_embedding = newcomers.scoring.user_embedding;
  scoring.history = newcomers.scoring.history;
  ThreadPool pool(1);
  const Ranking ranking = rank(pool, scoring, newcomers.all_users(), {});
  const auto items = monet::testing::iota(40);
  std::vector<double> scores(40);
  for (Index u = 0; u < 3; ++u) {
    score_items(scoring, static_cast<std::int32_t>(u), items, scores);
    const std::vector<float> rounded(scores.begin(), scores.end());
    EXPECT_EQ(list(ranking, u),
              sorted_candidates(rounded, {newcomers.history.row(u).begin(), newcomers.history.row(u).end()}, 20));
  }
}

TEST(Rank, RefusesWhatDoesNotFit) {
  ThreadPool pool(1);
  Problem problem(4, 10, 3, 0.5, {2});
  const auto users = problem.all_users();
  const auto ranked = [&](const scoring::Scoring& scoring, std::vector<std::int32_t> who, RankOptions options = {}) {
    return [&pool, scoring, who, options] { rank(pool, scoring, who, options); };
  };
  EXPECT_THAT(ranked(problem.scoring, {4}), Throws<InvalidArgument>());
  EXPECT_THAT(ranked(problem.scoring, {-1}), Throws<InvalidArgument>());
  RankOptions no_k;
  no_k.k = 0;
  EXPECT_THAT(ranked(problem.scoring, users, no_k), Throws<InvalidArgument>());
  scoring::Scoring pairwise = problem.scoring;
  pairwise.kind = ScoreKind::pairwise;
  EXPECT_THAT(ranked(pairwise, users), Throws<DataError>());
  scoring::Scoring narrow = problem.scoring;
  narrow.item_embedding = narrow.item_embedding.columns(0, 2);
  EXPECT_THAT(ranked(narrow, users), Throws<DataError>());
  scoring::Scoring fewer = problem.scoring;
  fewer.item_embedding = fewer.item_embedding.row_range(0, 9);
  EXPECT_THAT(ranked(fewer, users), Throws<DataError>());
  const std::vector<std::int32_t> descending = {5, 3, 1, 2, 0, 1, 0, 1};
  scoring::Scoring unsorted = problem.scoring;
  unsorted.history.indices = descending;
  EXPECT_THAT(ranked(unsorted, users), Throws<DataError>());
  const Problem mask(5, 10, 3, 0.5, {2});
  RankOptions wrong_mask;
  wrong_mask.masks = {mask.history};
  EXPECT_THAT(ranked(problem.scoring, users, wrong_mask), Throws<InvalidArgument>());
  problem.item_memory(3, 3) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(ranked(problem.scoring, users), ::testing::ThrowsMessage<DataError>(HasSubstr("item embedding 3")));
  problem.item_memory(3, 3) = 1e20F;
  EXPECT_THAT(ranked(problem.scoring, users), ::testing::ThrowsMessage<DataError>(HasSubstr("overflow")));
}

}  // namespace
}  // namespace monet::rank
