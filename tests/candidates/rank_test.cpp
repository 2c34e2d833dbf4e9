#include "monet/candidates/rank.h"

#include "monet/core/error.h"
#include "tests/candidates/problem.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace monet::test::candidate_rank_test {

using candidates::Exactness;
using monet::testing::index_of;
using monet::testing::Problem;

struct Counts {
  Index proved = 0;
  Index scanned = 0;
  double looked_at = 0.0;  // of all items, the mean
};

/// The lists by candidates are those of a whole scan: the same scores up to rounding, the same items where scores
/// differ.
Counts expect_exact(const scoring::Items& items, const candidates::CellIndex& index,
                    std::span<const scoring::Query> queries, const rank::RankOptions& options) {
  ThreadPool pool(2);
  const rank::Ranking whole = rank::rank(pool, items, queries, options);
  candidates::Options own;
  own.rank = options;
  const candidates::Result found = candidates::rank(pool, items, &index, queries, own);
  Counts counts;
  EXPECT_EQ(found.ranking.counts, whole.counts);
  EXPECT_EQ(found.ranking.popular, whole.popular);
  EXPECT_EQ(found.ranking.num_popular, whole.num_popular);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    EXPECT_NE(found.exactness[q], Exactness::unproved);
    counts.proved += found.exactness[q] == Exactness::proved ? 1 : 0;
    counts.scanned += found.exactness[q] == Exactness::scanned ? 1 : 0;
    counts.looked_at +=
        static_cast<double>(found.looked_at[q]) / static_cast<double>(items.size() * std::ssize(queries));
    const auto row = static_cast<Index>(q);
    float largest = 0.0F;
    for (Index r = 0; r < whole.counts[q]; ++r) largest = std::max(largest, std::abs(whole.scores(row, r)));
    const float near = 1e-5F * largest;
    for (Index r = 0; r < whole.counts[q]; ++r) {
      const float score = whole.scores(row, r);
      EXPECT_NEAR(found.ranking.scores(row, r), score, near);
      const bool apart = (r == 0 || whole.scores(row, r - 1) - score > 2.0F * near) &&
                         (r + 1 < whole.counts[q] ? score - whole.scores(row, r + 1) > 2.0F * near : false);
      if (apart || largest == 0.0F) {
        EXPECT_EQ(found.ranking.items(row, r), whole.items(row, r));
      }
    }
  }
  return counts;
}

rank::RankOptions best(Index k) {
  rank::RankOptions options;
  options.k = k;
  return options;
}

TEST(RankByCandidates, ProvesTheExactListsOfRandomItems) {
  for (const Index dim : {1, 5, 64}) {
    for (const float beta : {0.0F, 0.3F, 1.0F}) {
      Problem problem(12, 4000, dim, 0.3, {1, 2, 9, 60}, beta);
      const scoring::Items items = problem.items();
      const auto index = index_of(items);
      for (const Index k : {1, 20, 200}) expect_exact(items, *index, problem.queries(), best(k));
    }
  }
}

TEST(RankByCandidates, LeavesOutWhatLiesFarAway) {
  Problem problem(20, 20'000, 32, 0.4, {1, 4, 10});
  monet::testing::cluster(problem, 60, 0.2);
  const scoring::Items items = problem.items();
  const auto index = index_of(items);
  const Counts counts = expect_exact(items, *index, problem.queries(), best(20));
  EXPECT_EQ(counts.proved, 20);
  if (index->cells() > 1) {
    EXPECT_LT(counts.looked_at, 0.5);
  }
}

TEST(RankByCandidates, TiesGoToTheLowerItem) {
  Problem problem(6, 3000, 8, 0.5, {2}, 0.0F, scoring::ScoreKind::dot);
  MatrixView<float> rows = problem.item_memory.view();
  for (Index i = 0; i < rows.rows; ++i) std::copy_n(rows.row(i % 5), rows.cols, rows.row(i));
  const scoring::Items items = problem.items();
  const auto index = index_of(items);
  ThreadPool pool(1);
  candidates::Options options;
  options.rank = best(20);
  const auto queries = problem.queries();
  const candidates::Result found = candidates::rank(pool, items, index.get(), queries, options);
  const rank::Ranking whole = rank::rank(pool, items, queries, options.rank);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    EXPECT_TRUE(std::ranges::equal(found.ranking.row(static_cast<Index>(q)), whole.row(static_cast<Index>(q))));
  }
}

TEST(RankByCandidates, ZerosHugeNormsAndNegativeScores) {
  Problem problem(8, 2500, 16, 0.3, {1, 3});
  MatrixView<float> rows = problem.item_memory.view();
  for (Index c = 0; c < rows.cols; ++c) {
    rows(7, c) = 0.0F;
    rows(8, c) *= 1e6F;
    for (Index i = 100; i < 2500; ++i) rows(i, c) = -std::abs(rows(i, c));
  }
  for (Index u = 0; u < 8; ++u) {
    for (Index c = 0; c < problem.user_memory.cols(); ++c)
      problem.user_memory(u, c) = std::abs(problem.user_memory(u, c));
  }
  const scoring::Items items = problem.items();
  expect_exact(items, *index_of(items), problem.queries(), best(20));
  std::vector<scoring::Query> zero = problem.queries();
  const std::vector<float> nothing(16, 0.0F);
  for (scoring::Query& query : zero) query.embedding = nothing;
  expect_exact(items, *index_of(items), zero, best(20));
}

TEST(RankByCandidates, APriorCounts) {
  Problem problem(8, 3000, 16, 0.3, {1, 6});
  std::vector<float> prior(3000, 0.0F);
  for (std::size_t item = 0; item < prior.size(); ++item) prior[item] = static_cast<float>(item % 101) * 0.02F;
  problem.scoring.item_prior = prior;
  const scoring::Items items = problem.items();
  const Counts counts = expect_exact(items, *index_of(items), problem.queries(), best(20));
  EXPECT_EQ(counts.proved, 8);
}

TEST(RankByCandidates, AnotherBetaNeedsNoOtherIndex) {
  Problem problem(6, 3000, 16, 0.3, {4});
  const scoring::Items items = problem.items();
  const auto index = index_of(items);
  for (const float beta : {0.0F, 0.01F, 0.9F}) {
    expect_exact(items.with_beta(beta), *index, problem.queries(), best(20));
  }
}

TEST(RankByCandidates, ListsStayFullWhateverIsLeftOut) {
  Problem problem(6, 3200, 16, 0.3, {5});
  const scoring::Items items = problem.items();
  const auto index = index_of(items);
  std::vector<scoring::Query> queries = problem.queries();
  ThreadPool pool(1);
  // What would be listed first is left out in three ways.
  const rank::Ranking first = rank::rank(pool, items, queries, best(60));
  std::vector<std::vector<std::int32_t>> own;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const auto row = first.row(static_cast<Index>(q));
    own.emplace_back(row.begin(), row.begin() + 40);
    std::sort(own.back().begin(), own.back().end());
  }
  for (std::size_t q = 0; q < queries.size(); ++q) queries[q].exclude = own[q];
  queries[1].repeat = true;
  rank::RankOptions options = best(20);
  std::vector<std::int32_t> all(first.row(0).begin() + 40, first.row(0).begin() + 50);
  std::sort(all.begin(), all.end());
  options.exclude = all;
  const Counts counts = expect_exact(items, *index, queries, options);
  EXPECT_EQ(counts.proved, 6);

  // Few are allowed, and many.
  std::vector<std::int32_t> few, many;
  for (std::int32_t item = 0; item < 3200; ++item) {
    if (item % 40 == 3) few.push_back(item);
    if (item % 3 == 0) many.push_back(item);
  }
  for (const auto* only : {&few, &many}) {
    for (scoring::Query& query : queries) query.only = *only;
    queries[2].only.reset();
    expect_exact(items, *index, queries, options);
    rank::RankOptions both = options;
    both.only = many;
    expect_exact(items, *index, queries, both);
  }
  // All but a handful are left out.
  std::vector<std::int32_t> most;
  for (std::int32_t item = 0; item < 3200; ++item) {
    if (item % 400 != 0) most.push_back(item);
  }
  options.exclude = most;
  for (scoring::Query& query : queries) query.only.reset();
  expect_exact(items, *index, queries, options);
}

TEST(RankByCandidates, WhoHasNoHistoryGetsPopularity) {
  Problem problem(5, 2500, 8, 0.3, {0, 3});
  const scoring::Items items = problem.items();
  const Counts counts = expect_exact(items, *index_of(items), problem.queries(), best(20));
  EXPECT_EQ(counts.scanned, 3);
}

TEST(RankByCandidates, ScansWhereThereIsNothingToRuleOut) {
  Problem problem(3, 100, 8, 0.3, {3});
  const scoring::Items items = problem.items();
  const auto index = index_of(items);
  EXPECT_EQ(expect_exact(items, *index, problem.queries(), best(20)).scanned, 3) << "k is a fifth of the items";
  EXPECT_EQ(expect_exact(items, *index, problem.queries(), best(500)).scanned, 3);
  ThreadPool pool(1);
  candidates::Options options;
  const candidates::Result without = candidates::rank(pool, items, nullptr, problem.queries(), options);
  EXPECT_THAT(without.exactness, ::testing::Each(Exactness::scanned));
}

TEST(RankByCandidates, ScansWhereProductsAreSoLargeThatSoftmaxDecides) {
  // All items nearly alike, so that no bound tells them apart.
  Problem problem(3, 4000, 4, 30.0, {12});
  for (Index i = 0; i < 4000; ++i) {
    for (Index c = 0; c < problem.item_memory.cols(); ++c) {
      problem.item_memory(i, c) = 300.0F + 1e-3F * problem.item_memory(i, c);
    }
  }
  const scoring::Items items = problem.items();
  const Counts counts = expect_exact(items, *index_of(items), problem.queries(), best(20));
  EXPECT_EQ(counts.scanned, 3);
}

TEST(RankByCandidates, StopsEarlyWhereTheListNeedNotBeExactAndSaysSo) {
  Problem problem(10, 20'000, 32, 0.3, {4});
  const scoring::Items items = problem.items();
  const auto index = index_of(items);
  ThreadPool pool(1);
  candidates::Options options;
  options.rank = best(20);
  options.exact = false;
  options.share = 0.01;
  const auto queries = problem.queries();
  const candidates::Result quick = candidates::rank(pool, items, index.get(), queries, options);
  EXPECT_THAT(quick.ranking.counts, ::testing::Each(20));
  if (index->cells() == 1) return;
  EXPECT_THAT(quick.exactness, ::testing::Each(Exactness::unproved));
  EXPECT_THAT(quick.looked_at, ::testing::Each(::testing::Lt(1000)));
  options.share = 1.0;
  const candidates::Result all = candidates::rank(pool, items, index.get(), queries, options);
  EXPECT_THAT(all.exactness, ::testing::Each(Exactness::proved));
}

TEST(RankByCandidates, ItemsThatWereAddedBehindTheIndexAreScoredOneByOne) {
  for (const Index added : {Index{1}, Index{150}, Index{900}}) {
    SCOPED_TRACE(added);
    Problem problem(10, 3000, 16, 0.3, {1, 5, 9});
    monet::testing::cluster(problem, 20, 0.2);
    for (Index i = 3000 - added; i < 3000; ++i) {
      for (float& value : problem.item_memory.view().row_span(i)) value *= 3.0F;
    }
    scoring::Scoring before = problem.scoring;
    before.item_embedding.rows -= added;
    before.item_popularity = before.item_popularity.first(static_cast<std::size_t>(3000 - added));
    const auto index = index_of(scoring::Items(before));
    ASSERT_EQ(index->size(), 3000 - added);
    const scoring::Items items = problem.items();
    const Counts counts = expect_exact(items, *index, problem.queries(), best(20));
    if (added < 900) {
      EXPECT_EQ(counts.proved, 9);  // one user has no history and gets popularity
    }
    ThreadPool pool(1);
    candidates::Options options;
    options.rank = best(20);
    options.exact = false;
    const candidates::Result quick = candidates::rank(pool, items, index.get(), problem.queries(), options);
    const rank::Ranking whole = rank::rank(pool, items, problem.queries(), best(20));
    Index first = 0;
    for (Index q = 0; q < 10; ++q) {
      if (whole.items(q, 0) < 3000 - added) continue;
      ++first;
      EXPECT_EQ(quick.ranking.items(q, 0), whole.items(q, 0)) << "in a quick list, too, what is new is not forgotten";
    }
    EXPECT_GT(first, 0);
  }
}

TEST(RankByCandidates, RefusesWhatDoesNotFit) {
  Problem problem(3, 2000, 8, 0.3, {3});
  Problem other(3, 3000, 8, 0.3, {3});
  const scoring::Items items = problem.items();
  const auto index = index_of(other.items());
  ThreadPool pool(1);
  candidates::Options options;
  EXPECT_THROW(candidates::rank(pool, items, index.get(), problem.queries(), options), InvalidArgument);
  const auto own = index_of(items);
  options.share = 0.0;
  EXPECT_THROW(candidates::rank(pool, items, own.get(), problem.queries(), options), InvalidArgument);
  options.share = 0.5;
  options.rank.k = 0;
  EXPECT_THROW(candidates::rank(pool, items, own.get(), problem.queries(), options), InvalidArgument);
  const std::vector<std::int32_t> falling{4, 3};
  options.rank = best(3);
  options.rank.exclude = falling;
  EXPECT_THROW(candidates::rank(pool, items, own.get(), problem.queries(), options), InvalidArgument);
}

}  // namespace monet::test::candidate_rank_test
