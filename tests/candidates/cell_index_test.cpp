#include "monet/candidates/cell_index.h"

#include "monet/candidates/detail/centroids.h"
#include "monet/candidates/detail/cluster.h"
#include "monet/candidates/detail/query_vectors.h"
#include "monet/core/error.h"
#include "monet/kernels/code_bounds.h"
#include "monet/rank/scores.h"
#include "tests/candidates/problem.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace monet::test::cell_index_test {

using candidates::CellIndex;
using kernels::kCodeItems;
using monet::testing::index_of;
using monet::testing::Problem;

/// What the codes of a place say an item is.
double decoded(const CellIndex& index, Index cell, Index block, Index lane, Index column) {
  const int code = index.codes(block)[(column / 4 * kCodeItems + lane) * 4 + column % 4] - kernels::kCodeZero;
  return static_cast<double>(index.centroids().value(cell, column)) +
         static_cast<double>(index.scales(block)[lane]) * code;
}

TEST(CellIndex, HoldsEachItemOnceWithinItsReachAndError) {
  Problem problem(3, 3000, 10, 0.5, {3});
  monet::testing::cluster(problem, 30, 0.3);
  const scoring::Items items = problem.items();
  const auto index = index_of(items);
  EXPECT_EQ(index->cells() > 1, candidates::detail::can_cluster());
  std::set<std::int32_t> seen;
  Index blocks = 0;
  for (Index cell = 0; cell < index->cells(); ++cell) {
    const CellIndex::Cell& own = index->all_cells()[static_cast<std::size_t>(cell)];
    EXPECT_EQ(own.first_block, blocks);
    blocks += own.blocks;
    for (Index block = own.first_block; block < blocks; ++block) {
      EXPECT_LE(index->reach(block), own.reach);
      for (Index lane = 0; lane < kCodeItems; ++lane) {
        const std::int32_t item = index->items(block)[lane];
        if (item < 0) continue;
        EXPECT_TRUE(seen.insert(item).second);
        double far = 0.0, lost = 0.0;
        for (Index c = 0; c < items.width(); ++c) {
          const double x = static_cast<double>(items.embedding()(item, c));
          far += std::pow(x - static_cast<double>(index->centroids().value(cell, c)), 2);
          lost += std::pow(x - decoded(*index, cell, block, lane, c), 2);
        }
        EXPECT_LE(std::sqrt(far), static_cast<double>(index->reach(block)));
        EXPECT_LE(std::sqrt(lost), static_cast<double>(index->error(block)));
        EXPECT_LE(std::sqrt(lost), 0.02 * std::sqrt(far) + 1e-9) << "codes are finer than that";
      }
    }
  }
  EXPECT_EQ(seen.size(), 3000U);
}

/// Both bounds of every item hold, and are as near as codes of a byte make them.
void expect_bounds_hold(const Problem& problem, double most_apart) {
  const scoring::Items items = problem.items();
  const auto index = index_of(items, 7);
  for (const scoring::Query& query : problem.queries()) {
    const candidates::detail::QueryVectors vectors(*index, items, query);
    std::vector<double> exact(static_cast<std::size_t>(items.size()));
    rank::score_items(items, query, monet::testing::iota(items.size()), exact);
    double apart = 0.0;
    for (Index cell = 0; cell < index->cells(); ++cell) {
      const CellIndex::Cell& own = index->all_cells()[static_cast<std::size_t>(cell)];
      for (Index block = own.first_block; block < own.first_block + own.blocks; ++block) {
        std::array<float, kCodeItems> upper{}, lower{};
        kernels::code_bounds(vectors.block(cell, block), vectors.codes(), 0.0F, upper.data(), lower.data());
        for (std::size_t lane = 0; lane < kCodeItems; ++lane) {
          const std::int32_t item = index->items(block)[lane];
          if (item < 0) continue;
          const double score = exact[static_cast<std::size_t>(item)];
          ASSERT_LE(score, static_cast<double>(upper[lane]));
          ASSERT_GE(score, static_cast<double>(lower[lane]));
          ASSERT_LE(score, vectors.bound(cell, index->reach(block)));
          apart = std::max(apart, static_cast<double>(upper[lane] - lower[lane]));
        }
      }
    }
    EXPECT_LE(apart, most_apart);
  }
}

TEST(QueryVectors, BoundScoresOfKindDot) {
  for (const Index dim : {1, 3, 16, 33, 128}) {
    Problem problem(4, 300, dim, 1.0, {3}, 0.0F, scoring::ScoreKind::dot);
    const double norms = static_cast<double>(dim) * 2.0 + 8.0;
    expect_bounds_hold(problem, 0.05 * norms);
  }
}

TEST(QueryVectors, BoundScoresOfTargetAwareAttention) {
  // Of small products the bounds are near, as softmax hardly weighs; of large ones no further than the products are.
  for (const float beta : {0.0F, 1e-6F, 0.3F, 1.0F}) {
    expect_bounds_hold(Problem(5, 300, 20, 0.1, {1, 2, 7, 40}, beta), 0.1);
    expect_bounds_hold(Problem(5, 300, 20, 1.0, {1, 2, 7, 40}, beta), 60.0);
  }
}

TEST(QueryVectors, BoundScoresWithAPrior) {
  Problem problem(4, 200, 8, 0.5, {2, 5});
  std::vector<float> prior;
  for (Index item = 0; item < 200; ++item) prior.push_back(static_cast<float>(item % 17) - 8.0F);
  problem.scoring.item_prior = prior;
  expect_bounds_hold(problem, 4.0);
}

TEST(QueryVectors, BoundScoresOfHugeAndTinyItems) {
  Problem problem(4, 200, 12, 1e-3, {2, 5});
  for (Index c = 0; c < problem.item_memory.cols(); ++c) {
    problem.item_memory(3, c) *= 1e9F;
    problem.item_memory(4, c) = 0.0F;
    problem.item_memory(5, c) = 1e-30F;
  }
  expect_bounds_hold(problem, 1e13);
}

/// A model of given rows; one user.
struct Given {
  Given(Matrix<float> rows, std::vector<float> user_, std::vector<std::int32_t> history_, float beta)
      : items(std::move(rows)), user(std::move(user_)), history(std::move(history_)) {
    popularity.assign(static_cast<std::size_t>(items.rows()), 1.0F);
    scoring.kind = scoring::ScoreKind::target_aware;
    scoring.beta = beta;
    scoring.item_embedding = items;
    scoring.item_popularity = popularity;
    query.embedding = user;
    query.history = history;
  }
  Matrix<float> items;
  std::vector<float> user, popularity;
  std::vector<std::int32_t> history;
  scoring::Scoring scoring;
  scoring::Query query;
};

Matrix<float> rows_of(std::initializer_list<std::pair<float, float>> values) {
  Matrix<float> rows(static_cast<Index>(values.size()), 2);
  Index r = 0;
  for (const auto& [x, y] : values) {
    rows(r, 0) = x;
    rows(r++, 1) = y;
  }
  return rows;
}

TEST(QueryVectors, TheBoundOfACellIsReachedByOppositeItems) {
  // ŷ = s tanh s with s = e·x, of an item along e: as far as a cell reaches.
  const Given given(rows_of({{0.1F, 0.0F}, {-0.1F, 0.0F}}), {0.0F, 0.0F}, {0, 1}, 1.0F);
  const scoring::Items items(given.scoring);
  const auto index = index_of(items, 1);
  const candidates::detail::QueryVectors vectors(*index, items, given.query);
  const double score = 0.01 * std::tanh(0.01);
  EXPECT_GE(vectors.bound(0, index->reach(0)), score);
  EXPECT_LE(vectors.bound(0, index->reach(0)), 1.02 * score);
}

TEST(QueryVectors, WhatWordsLoseIsPartOfTheError) {
  // The second column of the user is half of a step.
  const float half = 0.5F / 32767.0F;
  const Given given(rows_of({{1.0F, 1.0F}, {-1.0F, -1.0F}, {1.0F, -1.0F}, {-1.0F, 1.0F}}), {1.0F, half}, {0}, 0.0F);
  const scoring::Items items(given.scoring);
  const auto index = index_of(items, 1);
  const candidates::detail::QueryVectors vectors(*index, items, given.query);
  EXPECT_GE(vectors.block(0, 0).error, half);
}

TEST(QueryVectors, SlackIsMoreThanRankingIsOffByTwice) {
  for (const double scale : {0.1, 1.0}) {
    Problem problem(5, 300, 64, scale, {1, 2, 7, 40}, 0.5F);
    const scoring::Items items = problem.items();
    const auto index = index_of(items, 3);
    ThreadPool pool(1);
    for (const scoring::Query& query : problem.queries()) {
      const candidates::detail::QueryVectors vectors(*index, items, query);
      std::vector<double> exact(300);
      rank::score_items(items, query, monet::testing::iota(300), exact);
      const Matrix<float> ranked = rank::score_matrix(pool, items, {&query, 1});
      double off = 0.0;
      for (Index i = 0; i < 300; ++i) {
        off = std::max(off, std::abs(exact[static_cast<std::size_t>(i)] - static_cast<double>(ranked(0, i))));
      }
      EXPECT_GT(static_cast<double>(vectors.block(0, 0).slack), 2.0 * off);
    }
  }
}

TEST(CellIndex, IsOfProductsOnly) {
  Problem problem(2, 20, 4, 1.0, {2}, 0.0F, scoring::ScoreKind::dot);
  EXPECT_TRUE(CellIndex::fits(problem.items()));
  scoring::Scoring sparse = problem.scoring;
  sparse.kind = scoring::ScoreKind::item_similarity;
  const Csr none = Csr::from_pairs(20, 20, {});
  sparse.similarity = none;
  EXPECT_FALSE(CellIndex::fits(scoring::Items(sparse)));
  ThreadPool pool(1);
  EXPECT_THROW(CellIndex::build(pool, scoring::Items(sparse)), InvalidArgument);
}

TEST(CellIndex, IsTheSameHoweverManyThreadsBuildIt) {
  Problem problem(2, 2500, 6, 1.0, {2});
  const scoring::Items items = problem.items();
  ThreadPool one(1), three(3);
  const auto a = CellIndex::build(one, items);
  const auto b = CellIndex::build(three, items);
  ASSERT_EQ(a->cells(), b->cells());
  for (std::size_t cell = 0; cell < a->all_cells().size(); ++cell) {
    const CellIndex::Cell& own = a->all_cells()[cell];
    ASSERT_EQ(own.blocks, b->all_cells()[cell].blocks);
    EXPECT_TRUE(std::equal(a->items(own.first_block), a->items(own.first_block) + own.blocks * kCodeItems,
                           b->items(own.first_block)));
  }
}

TEST(CellIndex, BuildingStopsWhenItIsTold) {
  Problem problem(2, 500, 6, 1.0, {2});
  const std::atomic<bool> stop = true;
  ThreadPool pool(1);
  candidates::BuildOptions options;
  options.stop = &stop;
  EXPECT_EQ(CellIndex::build(pool, problem.items(), options), nullptr);
}

TEST(CellIndex, TakesARowForEveryCellThatIsAskedFor) {
  Problem problem(2, 5, 3, 1.0, {2});
  const auto index = index_of(problem.items(), 50);
  EXPECT_LE(index->cells(), 5);
  EXPECT_EQ(index->size(), 5);
  EXPECT_GT(index->bytes(), 0U);
}

TEST(Centroids, AssignsTheNearestAndTheFirstOfEquals) {
  Matrix<float> points(70, 2);
  for (Index k = 0; k < 70; ++k) {
    points(k, 0) = static_cast<float>(k / 2);
    points(k, 1) = 1.0F;
  }
  const candidates::detail::Centroids centroids(points);
  Matrix<float> rows(3, 2);
  rows(0, 0) = 0.2F, rows(0, 1) = 1.0F;
  rows(1, 0) = 34.0F, rows(1, 1) = -1.0F;
  rows(2, 0) = 16.6F, rows(2, 1) = 1.0F;
  std::vector<std::int32_t> nearest(3);
  std::vector<float> distances(3);
  ThreadPool pool(2);
  centroids.assign(pool, rows, nearest, distances);
  EXPECT_THAT(nearest, ::testing::ElementsAre(0, 68, 34));
  EXPECT_NEAR(distances[1], 4.0F, 1e-3F);
}

}  // namespace monet::test::cell_index_test
