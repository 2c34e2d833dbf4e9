#include "monet/rank/scores.h"

#include "monet/core/error.h"
#include "tests/rank/problem.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace monet::rank {
namespace {

using monet::testing::Problem;
using scoring::ScoreKind;

/// Every tiled score against the float64 definition. A dot product of D terms is off by at most D eps times the product
/// of the norms; the softmax-weighted mean moves by at most the error of the products times (1 + their spread).
void expect_reference_scores(const Problem& problem, const TileOptions& tiles = {}, int threads = 1) {
  ThreadPool pool(threads);
  const Matrix<float> scores = score_matrix(pool, problem.items(), problem.queries(), tiles);
  const auto items = monet::testing::iota(scores.cols());
  const scoring::Items model = problem.items();
  std::vector<double> expected(items.size());
  double largest_norm = 0.0;
  const auto& e = problem.scoring.item_embedding;
  const auto& u = problem.scoring.user_embedding;
  for (const auto& rows : {e, u}) {
    for (Index r = 0; r < rows.rows; ++r) {
      double square = 0.0;
      for (const float x : rows.row_span(r)) square += static_cast<double>(x) * static_cast<double>(x);
      largest_norm = std::max(largest_norm, std::sqrt(square));
    }
  }
  const double eps = std::numeric_limits<float>::epsilon();
  const double product = largest_norm * largest_norm;
  const double product_error = static_cast<double>(e.cols + 4) * eps * product;
  // Weights change relatively by the error of the products, and so move the mean by at most that times the spread.
  const double tolerance = product_error + 2.0 * std::min(product_error, 1.0) * product + 8.0 * eps * product;
  double largest_error = 0.0;
  for (Index user = 0; user < scores.rows(); ++user) {
    score_items(model, scoring::known_user(problem.scoring, static_cast<std::int32_t>(user)), items, expected);
    for (Index c = 0; c < scores.cols(); ++c) {
      largest_error = std::max(largest_error,
                               std::abs(static_cast<double>(scores(user, c)) - expected[static_cast<std::size_t>(c)]));
    }
  }
  EXPECT_LE(largest_error, std::min(tolerance, 2e-5 * product + 1e-6));
}

TEST(ScoreMatrix, AgreesWithTheDefinitionForAnySize) {
  for (const Index items : {1, 2, 15, 63, 64, 65, 130}) {
    for (const Index dim : {1, 3, 16, 33}) {
      SCOPED_TRACE(::testing::Message() << items << " items, D " << dim);
      expect_reference_scores(Problem(9, items, dim, 0.7, {1, 2, 3, 0, 7, 40}));
    }
  }
}

TEST(ScoreMatrix, AgreesForAnyBetaAndKind) {
  for (const float beta : {0.0F, 0.5F, 1.0F}) {
    for (const ScoreKind kind : {ScoreKind::target_aware, ScoreKind::dot}) {
      expect_reference_scores(Problem(10, 90, 12, 0.6, {1, 2, 5, 11}, beta, kind));
    }
  }
}

TEST(ScoreMatrix, AgreesForAnyTileBlockAndThreads) {
  const Problem problem(30, 200, 8, 0.6, {1, 2, 3, 0, 35, 60});
  for (const Index tile : {1, 7, 100, 500}) {
    for (const Index block : {0, 4}) {
      for (const int threads : {1, 3}) {
        SCOPED_TRACE(::testing::Message() << "tile " << tile << ", block " << block << ", threads " << threads);
        expect_reference_scores(problem, {tile, block}, threads);
      }
    }
  }
}

// Histories long enough to be summed by panels, over a union of more than one panel; and more users than one GEMM
// takes.
TEST(ScoreMatrix, AgreesForLongHistories) {
  expect_reference_scores(Problem(600, 1300, 6, 0.6, {3, 1, 300, 2, 20}));
}

// Products up to about ±500: a shift shared by all users underflows for many, who need their own.
TEST(ScoreMatrix, AgreesForHugeProducts) {
  expect_reference_scores(Problem(40, 150, 16, 5.0, {1, 2, 3, 9, 0, 40}));
  expect_reference_scores(Problem(12, 1300, 16, 5.0, {2, 700, 80}));
  expect_reference_scores(Problem(12, 70, 16, 3.0, {2, 3, 4}));
}

TEST(ScoreMatrix, SumsSimilaritiesOfTheHistory) {
  Problem problem(5, 6, 2, 1.0, {2, 1, 3, 0});
  const Csr similarity = Csr::from_pairs(6, 6,
                                         std::vector<std::pair<std::int32_t, std::int32_t>>{
                                             {0, 1}, {0, 3}, {1, 0}, {2, 5}, {3, 0}, {4, 2}, {5, 2}, {5, 4}});
  const std::vector<float> values = {0.5F, 0.25F, 0.125F, 2.0F, 1.0F, -1.0F, 0.75F, 0.5F};
  problem.scoring.kind = ScoreKind::item_similarity;
  problem.scoring.similarity = similarity;
  problem.scoring.similarity_values = values;
  problem.scoring.user_embedding = {};
  problem.scoring.item_embedding = {};
  ThreadPool pool(2);
  const Matrix<float> scores = score_matrix(pool, problem.items(), problem.queries());
  const auto items = monet::testing::iota(6);
  std::vector<double> expected(6);
  for (Index u = 0; u < 5; ++u) {
    score_items(problem.items(), scoring::known_user(problem.scoring, static_cast<std::int32_t>(u)), items, expected);
    for (Index c = 0; c < 6; ++c) {
      double by_hand = u == 3 ? static_cast<double>(problem.popularity[static_cast<std::size_t>(c)]) : 0.0;
      for (const std::int32_t i : problem.history.row(u)) {
        for (Index k = similarity.indptr()[static_cast<std::size_t>(i)];
             k < similarity.indptr()[static_cast<std::size_t>(i) + 1]; ++k) {
          if (similarity.indices()[static_cast<std::size_t>(k)] == c)
            by_hand += static_cast<double>(values[static_cast<std::size_t>(k)]);
        }
      }
      EXPECT_EQ(static_cast<double>(scores(u, c)), by_hand);
      EXPECT_EQ(expected[static_cast<std::size_t>(c)], by_hand);
    }
  }
}

// Two history items, worked by hand: s = (ln 3, 0), a = (3/4, 1/4), ŷ^o = 3/4 ln 3; general part 2; beta 1/2.
TEST(ScoreItems, FollowsEquationsFourToSix) {
  const float ln3 = std::log(3.0F);
  const std::vector<float> item_rows = {1.0F, 0.0F, 0.0F, 1.0F, ln3, 0.0F};
  const std::vector<float> user_row = {2.0F / ln3, 5.0F};
  const std::vector<Index> indptr = {0, 2};
  const std::vector<std::int32_t> indices = {0, 1};
  const std::vector<float> popularity = {1.0F, 1.0F, 0.0F};
  scoring::Scoring scoring;
  scoring.kind = ScoreKind::target_aware;
  scoring.beta = 0.5F;
  scoring.user_embedding = {user_row.data(), 1, 2};
  scoring.item_embedding = {item_rows.data(), 3, 2};
  scoring.history = {1, 3, indptr, indices};
  scoring.item_popularity = popularity;
  const std::vector<std::int32_t> items = {2};
  std::vector<double> out(1);
  const scoring::Items model(scoring);
  const scoring::Query user = scoring::known_user(scoring, 0);
  score_items(model, user, items, out);
  EXPECT_NEAR(out[0], 0.5 * 2.0 + 0.5 * 0.75 * std::log(3.0), 1e-6);
  const std::vector<std::int32_t> outside = {3};
  EXPECT_THROW(score_items(model, user, outside, out), InvalidArgument);
  EXPECT_THROW(score_items(model, user, {}, out), InvalidArgument);
}

TEST(ScoreMatrix, APriorIsAddedToEveryScoreOfItsItem) {
  for (const ScoreKind kind : {ScoreKind::target_aware, ScoreKind::dot}) {
    Problem problem(12, 130, 9, 0.5, {1, 4, 0, 30}, 0.4F, kind);
    ThreadPool pool(2);
    const Matrix<float> before = score_matrix(pool, problem.items(), problem.queries());
    std::vector<float> prior;
    for (Index i = 0; i < 130; ++i) prior.push_back(0.25F * static_cast<float>(i % 7) - 1.0F);
    problem.scoring.item_prior = prior;
    expect_reference_scores(problem, {}, 2);
    const Matrix<float> after = score_matrix(pool, problem.items(), problem.queries());
    for (Index u = 0; u < 12; ++u) {
      for (Index i = 0; i < 130; ++i) {
        // Who has no history gets popularity, which has none.
        const float added = problem.history.degree(u) == 0 ? 0.0F : prior[static_cast<std::size_t>(i)];
        ASSERT_FLOAT_EQ(after(u, i), before(u, i) + added) << u << ", " << i;
      }
    }
  }
}

}  // namespace
}  // namespace monet::rank
