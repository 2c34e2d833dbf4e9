// Blended scores against their definition in float64, and through every door of ranking.
#include "monet/rank/blend.h"

#include "monet/core/error.h"
#include "monet/rank/explain.h"
#include "monet/rank/rank.h"
#include "monet/rank/rank_candidates.h"
#include "monet/rank/scores.h"
#include "tests/rank/blend_problem.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace monet::rank {
namespace {

using monet::testing::BlendProblem;
using scoring::BlendBy;
using scoring::Scoring;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const std::vector<Index> kDegrees = {1, 2, 0, 5, 30};

std::vector<float> standardised(BlendBy by, const std::vector<std::int32_t>& history, std::vector<float> scores) {
  standardise(by, history, scores);
  return scores;
}

TEST(Standardise, ByZScoreIsTheDistanceFromTheMeanOfWhatIsNotInTheHistory) {
  // Of 1, 2, 3: mean 2, deviation sqrt(2/3). The past item's 8 is looked at from there.
  const float unit = std::sqrt(1.5F);
  EXPECT_THAT(
      standardised(BlendBy::zscore, {0}, {8, 1, 2, 3}),
      ElementsAre(FloatNear(6 * unit, 1e-5F), FloatNear(-unit, 1e-6F), FloatNear(0, 1e-6F), FloatNear(unit, 1e-6F)));
}

TEST(Standardise, ByRankIsTheReciprocalOfRankAndSixty) {
  // Ranks 1, 2.5, 2.5, 4 of 5, 3, 3, 1; the past 3 would stand after one and among two more, the past 9 first.
  const auto at = [](double rank) { return FloatNear(static_cast<float>(1.0 / (60.0 + rank)), 1e-8F); };
  EXPECT_THAT(standardised(BlendBy::rank, {1, 4}, {3, 3, 5, 1, 9, 3}),
              ElementsAre(at(2.5), at(3), at(1), at(4), at(1), at(2.5)));
  EXPECT_THAT(standardised(BlendBy::rank, {}, {-0.0F, 0.0F}), ElementsAre(at(1.5), at(1.5)));
}

TEST(Standardise, ScoresThatAreTheSameSayNothing) {
  const float third = 1.0F / 3.0F;
  for (const float next : {third, std::nextafter(third, 1.0F)}) {
    std::vector<float> scores(40, third);
    scores[17] = next;
    for (const float z : standardised(BlendBy::zscore, {2}, scores)) EXPECT_EQ(z, 0.0F);
  }
  std::vector<float> apart(40, third);
  apart[17] = third * 1.001F;
  EXPECT_NEAR(standardised(BlendBy::zscore, {2}, apart)[17], std::sqrt(38.0), 1e-2);
}

TEST(Standardise, AHistoryOfAllItemsIsNoDivisionByZero) {
  for (const BlendBy by : {BlendBy::zscore, BlendBy::rank}) {
    for (const float value : standardised(by, {0, 1}, {1, 2})) EXPECT_TRUE(std::isfinite(value));
  }
}

TEST(Blend, ScoresAreThoseOfTheDefinition) {
  for (const Index num_items : {3, 64, 150}) {
    const BlendProblem problem(25, num_items, kDegrees);
    for (const Scoring& blend : problem.blends()) {
      const scoring::Items items(blend);
      const auto queries = monet::testing::queries(blend, problem.all_users());
      ThreadPool pool(2);
      const Matrix<float> scores = score_matrix(pool, items, queries);
      std::vector<double> exact(static_cast<std::size_t>(num_items));
      const auto all = monet::testing::iota(num_items);
      for (Index q = 0; q < scores.rows(); ++q) {
        score_items(items, queries[static_cast<std::size_t>(q)], all, exact);
        for (Index c = 0; c < num_items; ++c) {
          // A score is right to some eps of the products it is summed from, and the deviation is of their size: but of
          // a past item far from all others, as many times more.
          const double expected = exact[static_cast<std::size_t>(c)];
          EXPECT_NEAR(scores(q, c), expected, 2e-5 * (1.0 + std::abs(expected)))
              << to_string(blend.blend_by) << ", query " << q << ", item " << c;
        }
      }
    }
  }
}

TEST(Blend, TheReferenceSeesAnotherWeight) {
  const BlendProblem problem(5, 60, {4});
  const Scoring blend = problem.blend({problem.dot(), problem.by_items()}, {0.5, 0.5}, BlendBy::zscore);
  const Scoring other = problem.blend({problem.dot(), problem.by_items()}, {0.51, 0.49}, BlendBy::zscore);
  const auto all = monet::testing::iota(60);
  std::vector<double> a(60), b(60);
  score_items(scoring::Items(blend), scoring::known_user(blend, 1), all, a);
  score_items(scoring::Items(other), scoring::known_user(other, 1), all, b);
  double apart = 0.0;
  for (std::size_t c = 0; c < a.size(); ++c) apart = std::max(apart, std::abs(a[c] - b[c]));
  EXPECT_GT(apart, 1e-3);
}

TEST(Blend, ListsAreTheSortedRowsForAnyThreadsAndFilter) {
  const BlendProblem problem(40, 130, kDegrees);
  const std::vector<std::int32_t> exclude = {3, 4, 77};
  const std::vector<std::int32_t> only = {2, 3, 40, 41, 42, 99, 129};
  for (const Scoring& blend : problem.blends()) {
    const scoring::Items items(blend);
    const auto queries = monet::testing::queries(blend, problem.all_users());
    for (const int threads : {1, 3}) {
      ThreadPool pool(threads);
      const Matrix<float> scores = score_matrix(pool, items, queries);
      for (const bool some : {false, true}) {
        RankOptions options;
        options.k = 10;
        options.exclude = exclude;
        if (some) options.only = only;
        options.tiles.user_block = threads == 1 ? 7 : 0;
        const Ranking ranking = rank(pool, items, queries, options);
        for (Index q = 0; q < scores.rows(); ++q) {
          const auto& history = queries[static_cast<std::size_t>(q)].history;
          std::vector<std::int32_t> expected;
          for (std::int32_t c = 0; c < 130; ++c) {
            const bool out = std::binary_search(history.begin(), history.end(), c) ||
                             std::binary_search(exclude.begin(), exclude.end(), c) ||
                             (some && !std::binary_search(only.begin(), only.end(), c));
            if (!out) expected.push_back(c);
          }
          std::stable_sort(expected.begin(), expected.end(),
                           [&](std::int32_t a, std::int32_t b) { return scores(q, a) > scores(q, b); });
          expected.resize(std::min<std::size_t>(expected.size(), 10));
          const auto row = ranking.row(q);
          ASSERT_EQ(std::vector<std::int32_t>(row.begin(), row.end()), expected) << "query " << q;
          for (std::size_t r = 0; r < expected.size(); ++r) {
            EXPECT_NEAR(ranking.scores(q, static_cast<Index>(r)), scores(q, expected[r]), 1e-5);
          }
          EXPECT_EQ(ranking.popular[static_cast<std::size_t>(q)], history.empty() ? 1 : 0);
        }
      }
    }
  }
}

TEST(Blend, AllWeightOnOnePartIsThatPartsRanking) {
  const BlendProblem problem(30, 150, kDegrees);
  ThreadPool pool(2);
  for (const Scoring& part : {problem.attentive(), problem.dot(), problem.pairwise(), problem.by_items()}) {
    const scoring::Items alone(part);
    const Ranking expected = rank(pool, alone, monet::testing::queries(part, problem.all_users()), {});
    for (const BlendBy by : {BlendBy::zscore, BlendBy::rank}) {
      const Scoring blend = problem.blend({problem.dot(), part}, {0.0, 1.0}, by);
      const Ranking ranking =
          rank(pool, scoring::Items(blend), monet::testing::queries(blend, problem.all_users()), {});
      ASSERT_EQ(ranking.counts, expected.counts);
      for (Index q = 0; q < 30; ++q) {
        EXPECT_TRUE(std::equal(ranking.row(q).begin(), ranking.row(q).end(), expected.row(q).begin())) << q;
      }
    }
  }
}

TEST(Blend, GivenCandidatesHaveTheScoresOfTheFullRanking) {
  const BlendProblem problem(20, 90, kDegrees);
  const std::vector<std::int32_t> wanted = {80, 5, 5, 17, 0, 44};
  for (const Scoring& blend : problem.blends()) {
    const scoring::Items items(blend);
    const auto queries = monet::testing::queries(blend, problem.all_users());
    ThreadPool pool(2);
    const Matrix<float> scores = score_matrix(pool, items, queries);
    const std::vector<std::span<const std::int32_t>> lists(queries.size(), wanted);
    const Ranking ranking = rank_candidates(pool, items, queries, lists);
    for (Index q = 0; q < scores.rows(); ++q) {
      ASSERT_EQ(ranking.row(q).size(), 5U);
      for (Index r = 0; r < 5; ++r) {
        EXPECT_NEAR(ranking.scores(q, r), scores(q, ranking.items(q, r)), 1e-5);
        if (r > 0) {
          EXPECT_LE(ranking.scores(q, r), ranking.scores(q, r - 1));
        }
      }
    }
    EXPECT_EQ(ranking.num_popular, 4) << "users without a history";
  }
}

TEST(Blend, PartsAddUpToTheScore) {
  const BlendProblem problem(6, 50, {3});
  ThreadPool pool(1);
  for (const Scoring& blend : problem.blends()) {
    const scoring::Items items(blend);
    const scoring::Query query = scoring::known_user(blend, 2);
    const BlendRows rows = blend_rows(pool, items, query);
    const Matrix<float> scores = score_matrix(pool, items, {&query, 1});
    ASSERT_EQ(rows.values.rows(), static_cast<Index>(blend.parts.size()));
    for (Index c = 0; c < 50; ++c) {
      float sum = 0.0F;
      for (Index m = 0; m < rows.values.rows(); ++m) sum += rows.values(m, c);
      EXPECT_NEAR(sum, scores(0, c), 1e-5);
    }
    EXPECT_THAT([&] { explain(items, query, {}, 1, 3); }, ThrowsMessage<InvalidArgument>(HasSubstr("part by part")));
  }
}

TEST(Blend, WhatDoesNotFitTogetherIsRefused) {
  const BlendProblem problem(6, 50, {3});
  const BlendProblem other(7, 50, {3});
  const auto refused = [&](const std::vector<Scoring>& parts, const std::vector<double>& weights,
                           const std::string& why) {
    const Scoring blend = problem.blend(parts, weights, BlendBy::zscore);
    EXPECT_THAT([&] { scoring::Items items(blend); }, ThrowsMessage<DataError>(HasSubstr(why)));
  };
  const Scoring& dot = problem.dot();
  refused({dot}, {1.0}, "a blend of 1 parts");
  refused({dot, dot, dot, dot}, {1, 1, 1, 1}, "a blend of 4 parts");
  refused({dot, dot}, {1.0}, "with 1 weights");
  refused({dot, problem.blends()[0]}, {1.0, 1.0}, "part 2 of a blend is a blend itself");
  refused({dot, other.dot()}, {1.0, 1.0}, "part 2 of a blend is of 7 users and 50 items, the blend of 6 and 50");
  refused({dot, dot}, {1.0, -0.1}, "the weight of part 2 of a blend is -0.1");
  refused({dot, dot}, {0.0, 0.0}, "all parts of a blend have weight 0");
}

TEST(Blend, AQueryWithoutAPartsEmbeddingIsRefused) {
  const BlendProblem problem(6, 50, {3});
  const Scoring blend = problem.blends()[0];
  scoring::Query query = scoring::known_user(blend, 2);
  query.part_embeddings[0] = {};
  EXPECT_THAT(
      [&] {
        scoring::check(scoring::Items(blend), {&query, 1});
      },
      ThrowsMessage<DataError>(HasSubstr("has 0 columns, item embeddings have 8")));
}

}  // namespace
}  // namespace monet::rank
