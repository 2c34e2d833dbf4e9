#include "monet/eval/analyses.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "tests/rank/problem.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace monet::eval {
namespace {

Matrix<float> random_rows(Index rows, Index cols, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> m(rows, cols);
  for (Index i = 0; i < m.size(); ++i) m.data()[i] = static_cast<float>(rng.normal() + 0.3);
  return m;
}

double cosine(MatrixView<const float> rows, Index a, Index b) {
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (Index c = 0; c < rows.cols; ++c) {
    const double x = static_cast<double>(rows(a, c)), y = static_cast<double>(rows(b, c));
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / std::sqrt(aa * bb);
}

TEST(AverageDifference, IsTheMeanOverAllPairs) {
  // Around the tile of 256 items; the sum of a pair's cosines is off by at most (d + 3) eps.
  for (const Index items : {2, 3, 255, 257, 600}) {
    Matrix<float> features = random_rows(items, 9, 1);
    const Matrix<float> embeddings = random_rows(items, 5, 2);
    if (items == 600) fill(features.view().row_range(100, 1), 0.0F);
    double sum = 0.0, pairs = 0.0;
    for (Index a = 0; a < items; ++a) {
      for (Index b = 0; b < items; ++b) {
        const double difference = std::abs(cosine(features, a, b) - cosine(embeddings, a, b));
        if (a == b || std::isnan(difference)) continue;
        sum += difference;
        pairs += 1.0;
      }
    }
    ThreadPool one(1), three(3);
    const Estimate estimate = average_difference(one, features, embeddings);
    EXPECT_NEAR(estimate.mean, sum / pairs, 20 * 6e-8);
    EXPECT_EQ(static_cast<double>(estimate.pairs), pairs);
    EXPECT_EQ(estimate.standard_error, 0.0);
    EXPECT_EQ(average_difference(three, features, embeddings).mean, estimate.mean);
  }
}

TEST(AverageDifference, IsZeroForRescaledFeatures) {
  const Matrix<float> features = random_rows(40, 6, 3);
  Matrix<float> scaled(40, 6);
  for (Index i = 0; i < scaled.size(); ++i) scaled.data()[i] = 8.0F * features.data()[i];
  ThreadPool pool(1);
  EXPECT_EQ(average_difference(pool, features, scaled).mean, 0.0);
}

TEST(AverageDifference, SampledLiesWithinItsStandardError) {
  const Matrix<float> features = random_rows(120, 9, 4);
  const Matrix<float> embeddings = random_rows(120, 5, 5);
  ThreadPool pool(1);
  const double exact = average_difference(pool, features, embeddings).mean;
  Rng rng(6);
  const Estimate few = average_difference_sampled(rng, 2000, features, embeddings);
  const Estimate many = average_difference_sampled(rng, 32000, features, embeddings);
  EXPECT_LT(std::abs(few.mean - exact), 4.0 * few.standard_error);
  EXPECT_LT(std::abs(many.mean - exact), 4.0 * many.standard_error);
  EXPECT_NEAR(few.standard_error / many.standard_error, 4.0, 0.4);
  EXPECT_LT(many.standard_error, 0.01);
}

TEST(AverageDifference, RefusesWhatDoesNotFit) {
  ThreadPool pool(1);
  EXPECT_THROW(average_difference(pool, random_rows(3, 2, 1), random_rows(4, 2, 1)), InvalidArgument);
  const Matrix<float> zeros = Matrix<float>::zeros(3, 2);
  EXPECT_THROW(average_difference(pool, zeros, random_rows(3, 2, 1)), DataError);
  Rng rng(1);
  EXPECT_THROW(average_difference_sampled(rng, 1, random_rows(3, 2, 1), random_rows(3, 2, 1)), InvalidArgument);
}

TEST(UserSimilarity, IsTheMeanOfCosines) {
  Matrix<float> features = random_rows(30, 7, 7);
  fill(features.view().row_range(4, 1), 0.0F);
  const monet::testing::Problem train(12, 30, 1, 1.0, {2, 0, 1, 12, 30});
  const monet::testing::Problem test(12, 30, 1, 1.0, {1, 0});
  const std::vector<CsrView> interactions = {train.history, test.history};
  ThreadPool pool(2);
  const UserSimilarity similarity = user_similarity(pool, features, interactions);
  double sum_interacted = 0.0, sum_others = 0.0;
  Index users_interacted = 0, users_others = 0;
  for (Index u = 0; u < 12; ++u) {
    std::set<std::int32_t> mine;
    for (const CsrView& pattern : interactions) mine.insert(pattern.row(u).begin(), pattern.row(u).end());
    double within = 0.0, pairs_within = 0.0, across = 0.0, pairs_across = 0.0;
    for (const std::int32_t a : mine) {
      for (std::int32_t b = 0; b < 30; ++b) {
        if (a == b || a == 4 || b == 4) continue;
        (mine.contains(b) ? within : across) += cosine(features, a, b);
        (mine.contains(b) ? pairs_within : pairs_across) += 1.0;
      }
    }
    const auto at = static_cast<std::size_t>(u);
    if (pairs_within > 0.0) {
      EXPECT_NEAR(similarity.per_user_interacted[at], within / pairs_within, 1e-12);
      sum_interacted += within / pairs_within;
      ++users_interacted;
    } else {
      EXPECT_TRUE(std::isnan(similarity.per_user_interacted[at]));
    }
    if (pairs_across > 0.0) {
      EXPECT_NEAR(similarity.per_user_others[at], across / pairs_across, 1e-12);
      sum_others += across / pairs_across;
      ++users_others;
    } else {
      EXPECT_TRUE(std::isnan(similarity.per_user_others[at]));
    }
  }
  EXPECT_EQ(similarity.interacted_users, users_interacted);
  EXPECT_EQ(similarity.others_users, users_others);
  EXPECT_LT(users_others, 12);
  EXPECT_NEAR(similarity.interacted, sum_interacted / static_cast<double>(users_interacted), 1e-12);
  EXPECT_NEAR(similarity.others, sum_others / static_cast<double>(users_others), 1e-12);
  EXPECT_THROW(user_similarity(pool, random_rows(29, 7, 7), interactions), InvalidArgument);
}

}  // namespace
}  // namespace monet::eval
