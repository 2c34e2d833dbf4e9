#include "monet/rank/rank_candidates.h"

#include "monet/core/error.h"
#include "monet/rank/scores.h"
#include "tests/rank/problem.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace monet::rank {
namespace {

using monet::testing::Problem;
using ::testing::ElementsAre;

using Lists = std::vector<std::vector<std::int32_t>>;

Ranking ranked(int threads, const Problem& problem, const Lists& lists) {
  ThreadPool pool(threads);
  const std::vector<std::span<const std::int32_t>> candidates(lists.begin(), lists.end());
  return rank_candidates(pool, problem.items(), problem.queries(), candidates);
}

TEST(RankCandidates, OrdersWhatIsGivenByTheScoresOfRank) {
  const Problem problem(5, 120, 8, 0.6, {1, 4, 0, 9, 50});
  Lists lists;
  Rng rng(5);
  for (int q = 0; q < 5; ++q) {
    auto& list = lists.emplace_back();
    for (int n = 0; n < 30 + q; ++n) list.push_back(static_cast<std::int32_t>(rng.below(120)));
  }
  ThreadPool pool(1);
  const Matrix<float> scores = score_matrix(pool, problem.items(), problem.queries());
  for (const int threads : {1, 3}) {
    const Ranking ranking = ranked(threads, problem, lists);
    EXPECT_EQ(ranking.num_popular, 1);
    for (Index q = 0; q < 5; ++q) {
      std::vector<std::int32_t> expected = lists[static_cast<std::size_t>(q)];
      std::sort(expected.begin(), expected.end());
      expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
      std::stable_sort(expected.begin(), expected.end(),
                       [&](std::int32_t a, std::int32_t b) { return scores(q, a) > scores(q, b); });
      EXPECT_EQ(std::vector<std::int32_t>(ranking.row(q).begin(), ranking.row(q).end()), expected);
      for (std::size_t r = 0; r < expected.size(); ++r) {
        EXPECT_NEAR(ranking.scores(q, static_cast<Index>(r)), scores(q, expected[r]), 1e-5);
      }
    }
  }
}

TEST(RankCandidates, KeepsItemsOfTheHistoryAndTakesRepeatsOnce) {
  const Problem problem(2, 6, 3, 0.6, {3, 0});
  const auto history = problem.history.row(0);
  const std::vector<std::int32_t> past(history.begin(), history.end());
  std::vector<std::int32_t> twice = past;
  twice.insert(twice.end(), past.rbegin(), past.rend());
  const Ranking ranking = ranked(1, problem, {twice, {}});
  EXPECT_THAT(ranking.counts, ElementsAre(3, 0));
  EXPECT_THAT(std::vector<std::int32_t>(ranking.row(0).begin(), ranking.row(0).end()),
              ::testing::UnorderedElementsAreArray(past));
}

TEST(RankCandidates, EqualScoresAreOrderedByItem) {
  const Problem problem(1, 8, 3, 0.6, {0});
  EXPECT_THAT(ranked(1, problem, {{7, 2, 5}}).row(0), ElementsAre(2, 5, 7)) << "nobody has bought anything";
}

TEST(RankCandidates, RefusesWhatDoesNotFit) {
  const Problem problem(2, 6, 3, 0.6, {3, 0});
  EXPECT_THROW(ranked(1, problem, {{1}}), InvalidArgument);
  EXPECT_THROW(ranked(1, problem, {{1}, {6}}), InvalidArgument);
  EXPECT_THROW(ranked(1, problem, {{-1}, {}}), InvalidArgument);
}

}  // namespace
}  // namespace monet::rank
