#include "monet/rank/rank.h"

#include "monet/core/error.h"
#include "monet/rank/scores.h"
#include "tests/rank/problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace monet::rank {
namespace {

using monet::testing::Problem;
using scoring::ScoreKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

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

/// Whether each list is what sorting its whole row of scores gives, for `queries` of the problem.
void expect_sorted_lists(const Problem& problem, const std::vector<scoring::Query>& queries, const RankOptions& options,
                         int threads) {
  ThreadPool pool(threads);
  const scoring::Items items = problem.items();
  const Ranking ranking = rank(pool, items, queries, options);
  const Matrix<float> scores = score_matrix(pool, items, queries, options.tiles);
  for (Index q = 0; q < scores.rows(); ++q) {
    const scoring::Query& query = queries[static_cast<std::size_t>(q)];
    std::set<std::int32_t> blocked(query.history.begin(), query.history.end());
    blocked.insert(query.exclude.begin(), query.exclude.end());
    blocked.insert(options.exclude.begin(), options.exclude.end());
    for (const auto& only : {query.only, options.only}) {
      for (std::int32_t c = 0; only && c < scores.cols(); ++c) {
        if (std::find(only->begin(), only->end(), c) == only->end()) blocked.insert(c);
      }
    }
    const auto expected =
        sorted_candidates({scores.row(q), static_cast<std::size_t>(scores.cols())}, blocked, options.k);
    ASSERT_EQ(list(ranking, q), expected) << "query " << q;
    for (std::size_t r = 0; r < expected.size(); ++r) {
      EXPECT_EQ(ranking.scores(q, static_cast<Index>(r)), scores(q, expected[r]));
    }
    for (Index r = static_cast<Index>(expected.size()); r < ranking.items.cols(); ++r)
      EXPECT_EQ(ranking.items(q, r), -1);
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
        expect_sorted_lists(problem, problem.queries(), options, threads);
      }
    }
  }
}

TEST(Rank, LeavesOutExclusionsOfOneAndOfAll) {
  const Problem problem(12, 90, 8, 0.6, {1, 4, 0, 9});
  const Problem other(12, 90, 8, 0.6, {20, 0, 3, 70});
  const std::vector<std::int32_t> exclude = {0, 2, 41, 89};
  std::vector<scoring::Query> queries = problem.queries();
  for (std::size_t q = 0; q < queries.size(); ++q) queries[q].exclude = other.history.row(static_cast<Index>(q));
  RankOptions options;
  options.k = 15;
  options.exclude = exclude;
  expect_sorted_lists(problem, queries, options, 1);
  expect_sorted_lists(problem, queries, options, 2);
}

// The allowed items of all are gathered, those of one query filtered: both at once, in few tiles and in many.
TEST(Rank, ListsOnlyWhatIsAllowed) {
  const Problem problem(16, 300, 8, 0.6, {1, 4, 0, 9, 60});
  const Problem own(16, 300, 8, 0.6, {20, 1, 150, 40});
  std::vector<std::int32_t> thirds;
  for (std::int32_t i = 1; i < 300; i += 3) thirds.push_back(i);
  const std::vector<std::int32_t> exclude = {4, 7, 100};
  for (const Index k : {1, 20, 70, 400}) {
    for (const int threads : {1, 3}) {
      for (const bool by_query : {false, true}) {
        for (const bool of_all : {false, true}) {
          SCOPED_TRACE(::testing::Message() << "k " << k << ", threads " << threads << ", only of a query " << by_query
                                            << ", of all " << of_all);
          std::vector<scoring::Query> queries = problem.queries();
          for (std::size_t q = 0; by_query && q < queries.size(); q += 2) {
            queries[q].only = own.history.row(static_cast<Index>(q));
          }
          RankOptions options;
          options.k = k;
          options.exclude = exclude;
          if (of_all) options.only = thirds;
          expect_sorted_lists(problem, queries, options, threads);
        }
      }
    }
  }
}

TEST(Rank, NothingAllowedIsAnEmptyList) {
  const Problem problem(4, 30, 4, 0.6, {2, 0});
  ThreadPool pool(1);
  RankOptions options;
  options.only = std::span<const std::int32_t>();
  const Ranking none = rank(pool, problem.items(), problem.queries(), options);
  EXPECT_THAT(none.counts, ElementsAre(0, 0, 0, 0));
  EXPECT_EQ(none.items.cols(), 0);
  std::vector<scoring::Query> queries = problem.queries();
  queries[0].only = std::span<const std::int32_t>();
  queries[1].only = std::span<const std::int32_t>();
  const Ranking some = rank(pool, problem.items(), queries, {});
  EXPECT_THAT(some.counts, ElementsAre(0, 0, 20, 20));
}

TEST(Rank, ListsOnlyWhatIsAllowedBySimilarity) {
  Problem problem(6, 5, 2, 1.0, {2, 1, 3, 0});
  const Csr similarity = Csr::from_pairs(
      5, 5, std::vector<std::pair<std::int32_t, std::int32_t>>{{0, 1}, {0, 3}, {1, 0}, {2, 4}, {3, 0}, {4, 2}});
  const std::vector<float> values = {0.5F, 0.25F, 0.125F, 2.0F, 1.0F, -1.0F};
  problem.scoring.kind = ScoreKind::item_similarity;
  problem.scoring.similarity = similarity;
  problem.scoring.similarity_values = values;
  problem.scoring.user_embedding = {};
  problem.scoring.item_embedding = {};
  const std::vector<std::int32_t> only = {0, 2, 4};
  RankOptions options;
  options.only = only;
  expect_sorted_lists(problem, problem.queries(), options, 1);
}

TEST(Rank, IsTheSameForAnyThreadsTileAndBlock) {
  const Problem problem(60, 500, 16, 0.5, {1, 2, 3, 0, 50, 120});
  const scoring::Items items = problem.items();
  const auto queries = problem.queries();
  ThreadPool one(1);
  const Ranking expected = rank(one, items, queries, {});
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    const Ranking same_tiles = rank(pool, items, queries, {});
    EXPECT_TRUE(
        std::equal(expected.scores.data(), expected.scores.data() + expected.scores.size(), same_tiles.scores.data()))
        << "scores must be the same bits for any number of threads";
    for (const Index tile : {13, 64, 128, 1000}) {
      for (const Index block : {1, 17, 0}) {
        RankOptions options;
        options.tiles = {tile, block};
        const Ranking other = rank(pool, items, queries, options);
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
      expect_sorted_lists(problem, problem.queries(), options, threads);
    }
  }
}

TEST(Rank, GivesPopularityToUsersWithoutHistory) {
  const Problem problem(8, 5, 3, 0.5, {3, 0});
  ThreadPool pool(1);
  const Ranking ranking = rank(pool, problem.items(), problem.queries({1, 0, 7, 1}), {});
  EXPECT_EQ(ranking.num_popular, 3);
  EXPECT_THAT(ranking.popular, ElementsAre(1, 0, 1, 1));
  const auto order = sorted_candidates(problem.popularity, {}, 20);
  EXPECT_EQ(list(ranking, 0), order);
  EXPECT_EQ(list(ranking, 2), order);
  EXPECT_EQ(list(ranking, 3), order);
  EXPECT_EQ(list(ranking, 1).size(), 2U);
  EXPECT_EQ(ranking.scores(0, 0), problem.popularity[static_cast<std::size_t>(order[0])]);
}

// A user of the model, one never seen and one with more interactions in one batch: each as if alone.
TEST(Rank, TakesUsersTheModelHasNotSeen) {
  const Problem problem(8, 40, 6, 0.5, {2, 5});
  const Problem newcomers(3, 40, 6, 0.4, {4, 1, 9});
  std::vector<scoring::Query> queries = newcomers.queries();
  queries.push_back(scoring::known_user(problem.scoring, 5));
  queries.push_back(queries.back());
  queries.back().history = newcomers.history.row(2);
  const scoring::Items model = problem.items();
  ThreadPool pool(1);
  const Ranking ranking = rank(pool, model, queries, {});
  const auto items = monet::testing::iota(40);
  std::vector<double> scores(40);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    score_items(model, queries[q], items, scores);
    const std::vector<float> rounded(scores.begin(), scores.end());
    const auto row = static_cast<Index>(q);
    EXPECT_EQ(list(ranking, row),
              sorted_candidates(rounded, {queries[q].history.begin(), queries[q].history.end()}, 20));
    const Ranking alone = rank(pool, model, {&queries[q], 1}, {});
    EXPECT_EQ(list(alone, 0), list(ranking, row));
    for (Index r = 0; r < 20; ++r) EXPECT_NEAR(alone.scores(0, r), ranking.scores(row, r), 1e-6);
  }
}

TEST(Rank, RefusesWhatDoesNotFit) {
  ThreadPool pool(1);
  const Problem problem(4, 10, 3, 0.5, {2});
  const scoring::Items items = problem.items();
  const auto ranked = [&](const RankOptions& options) {
    return [&, options] { rank(pool, items, problem.queries(), options); };
  };
  RankOptions no_k;
  no_k.k = 0;
  EXPECT_THAT(ranked(no_k), ThrowsMessage<InvalidArgument>(HasSubstr("k is 0")));
  for (const std::vector<std::int32_t>& list : {std::vector<std::int32_t>{3, 2}, std::vector<std::int32_t>{1, 1},
                                                std::vector<std::int32_t>{-1}, std::vector<std::int32_t>{10}}) {
    RankOptions exclude;
    exclude.exclude = list;
    EXPECT_THAT(ranked(exclude), ThrowsMessage<InvalidArgument>(HasSubstr("exclusions")));
    RankOptions only;
    only.only = list;
    EXPECT_THAT(ranked(only), ThrowsMessage<InvalidArgument>(HasSubstr("only candidates")));
  }
  std::vector<scoring::Query> queries = problem.queries();
  queries[2].embedding = queries[2].embedding.first(2);
  EXPECT_THROW(rank(pool, items, queries, {}), DataError) << "queries are checked";
}

// Also where only some items are candidates, whose rows are gathered.
TEST(Rank, GoesByScoreAndPrior) {
  Problem problem(3, 40, 4, 0.3, {5}, 0.3F, scoring::ScoreKind::dot);
  std::vector<float> prior(40, 0.0F);
  prior[17] = 50.0F;
  prior[23] = 40.0F;
  prior[31] = 60.0F;
  problem.scoring.item_prior = prior;
  ThreadPool pool(1);
  const std::vector<std::int32_t> only{2, 17, 23};
  RankOptions options;
  options.k = 2;
  options.only = only;
  const auto queries = problem.queries();
  const Ranking some = rank(pool, problem.items(), queries, options);
  options.only.reset();
  const Ranking all = rank(pool, problem.items(), queries, options);
  for (Index u = 0; u < 3; ++u) {
    const auto has = [&](std::int32_t item) { return problem.history.contains(u, item); };
    if (has(17) || has(23) || has(31)) continue;
    EXPECT_EQ(some.items(u, 0), 17);
    EXPECT_EQ(some.items(u, 1), 23);
    EXPECT_EQ(all.items(u, 0), 31);
    EXPECT_EQ(all.items(u, 1), 17);
    EXPECT_NEAR(some.scores(u, 0), 50.0F, 5.0F);
  }
}

}  // namespace
}  // namespace monet::rank
