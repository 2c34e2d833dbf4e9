#include "monet/features/text/truncated_svd.h"
#include "monet/core/error.h"
#include "monet/core/rng.h"

#include <gmock/gmock.h>
#include <Eigen/SVD>

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::features {
namespace {

struct Sparse {
  Csr pattern;
  std::vector<float> weights;
};

/// Topics with words of their own, so that singular values fall as those of texts do.
Sparse generate(Index rows, Index cols, Index per_row, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (Index r = 0; r < rows; ++r) {
    const double topic = rng.uniform();
    for (Index k = 0; k < per_row; ++k) {
      const double place = rng.uniform() < 0.6 ? topic * topic + 0.1 * rng.uniform() : rng.uniform();
      const auto column = std::min(static_cast<Index>(place * static_cast<double>(cols)), cols - 1);
      pairs.emplace_back(static_cast<std::int32_t>(r), static_cast<std::int32_t>(column));
    }
  }
  Sparse out{Csr::from_pairs(rows, cols, pairs), {}};
  for (Index k = 0; k < out.pattern.nnz(); ++k) out.weights.push_back(static_cast<float>(0.1 + rng.uniform()));
  return out;
}

Eigen::MatrixXd dense(const Sparse& sparse) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(sparse.pattern.rows(), sparse.pattern.cols());
  std::size_t k = 0;
  for (Index r = 0; r < sparse.pattern.rows(); ++r) {
    for (const std::int32_t c : sparse.pattern.row(r)) out(r, c) = static_cast<double>(sparse.weights[k++]);
  }
  return out;
}

Eigen::MatrixXd dense(const Matrix<float>& m) {
  Eigen::MatrixXd out(m.rows(), m.cols());
  for (Index r = 0; r < m.rows(); ++r) {
    for (Index c = 0; c < m.cols(); ++c) out(r, c) = static_cast<double>(m(r, c));
  }
  return out;
}

TEST(TruncatedSvd, IsTheDenseOneCutOff) {
  const Sparse sparse = generate(300, 120, 12, 1);
  const Eigen::JacobiSVD<Eigen::MatrixXd> exact(dense(sparse), Eigen::ComputeThinU | Eigen::ComputeThinV);
  SvdOptions options;
  options.width = 16;
  options.oversample = 24;
  options.passes = 12;
  ThreadPool pool(1);
  const TruncatedSvd svd = truncated_svd(pool, sparse.pattern, sparse.weights, options);
  ASSERT_EQ(svd.scores.cols(), 16);
  // What iteration has not settled yet falls with (s_41 / s_16)^24; what is left is rounding of sums over 300 rows.
  const double allowed = 1e-4 * exact.singularValues()[0];
  for (Index c = 0; c < 16; ++c) {
    EXPECT_NEAR(static_cast<double>(svd.singular_values[static_cast<std::size_t>(c)]), exact.singularValues()[c],
                allowed);
  }
  // Directions may turn among near-equal values; the similarities of rows do not.
  const Eigen::MatrixXd ours = dense(svd.scores);
  const Eigen::MatrixXd theirs = exact.matrixU().leftCols(16) * exact.singularValues().head(16).asDiagonal();
  const Eigen::MatrixXd difference = ours * ours.transpose() - theirs * theirs.transpose();
  EXPECT_LT(difference.norm(), 1e-3 * (theirs * theirs.transpose()).norm());
}

TEST(TruncatedSvd, GreatestEntryOfAColumnIsPositive) {
  const Sparse sparse = generate(100, 60, 8, 2);
  ThreadPool pool(1);
  SvdOptions options;
  options.width = 10;
  const TruncatedSvd svd = truncated_svd(pool, sparse.pattern, sparse.weights, options);
  const Eigen::MatrixXd scores = dense(svd.scores);
  for (Index c = 0; c < 10; ++c) EXPECT_EQ(scores.col(c).maxCoeff(), scores.col(c).cwiseAbs().maxCoeff());
}

TEST(TruncatedSvd, DirectionsGiveRowsTheirScores) {
  const Sparse sparse = generate(150, 90, 10, 5);
  ThreadPool pool(2);
  SvdOptions options;
  options.width = 12;
  const TruncatedSvd svd = truncated_svd(pool, sparse.pattern, sparse.weights, options);
  const Eigen::MatrixXd directions = dense(svd.directions);
  ASSERT_EQ(directions.rows(), 90);
  ASSERT_EQ(directions.cols(), 12);
  EXPECT_LT((dense(sparse) * directions - dense(svd.scores)).cwiseAbs().maxCoeff(), 1e-5);
  EXPECT_LT((directions.transpose() * directions - Eigen::MatrixXd::Identity(12, 12)).cwiseAbs().maxCoeff(), 1e-5);
}

TEST(TruncatedSvd, TheSeedFixesItWhateverTheThreads) {
  const Sparse sparse = generate(3000, 400, 9, 3);
  SvdOptions options;
  options.width = 20;
  const auto bytes = [&](int threads, std::uint64_t seed) {
    options.seed = seed;
    ThreadPool pool(threads);
    const TruncatedSvd svd = truncated_svd(pool, sparse.pattern, sparse.weights, options);
    return std::vector<float>(svd.scores.data(), svd.scores.data() + svd.scores.size());
  };
  const auto one = bytes(1, 7);
  EXPECT_TRUE(one == bytes(1, 7));
  EXPECT_TRUE(one == bytes(3, 7));
  EXPECT_FALSE(one == bytes(1, 8));
}

TEST(TruncatedSvd, AMatrixOfSmallRankGivesFewColumns) {
  // Rows of two kinds: rank 2 among 5 columns.
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::int32_t r = 0; r < 6; ++r) {
    if (r % 2 == 0) pairs.insert(pairs.end(), {{r, 0}, {r, 1}});
    if (r % 2 == 1) pairs.insert(pairs.end(), {{r, 2}, {r, 3}, {r, 4}});
  }
  const Csr pattern = Csr::from_pairs(6, 5, pairs);
  const std::vector<float> weights(static_cast<std::size_t>(pattern.nnz()), 1.0F);
  ThreadPool pool(1);
  const TruncatedSvd svd = truncated_svd(pool, pattern, weights, {});
  ASSERT_EQ(svd.scores.cols(), 2);
  EXPECT_NEAR(svd.singular_values[0], 3.0F, 1e-5F);
  EXPECT_NEAR(svd.singular_values[1], std::sqrt(6.0F), 1e-5F);
}

TEST(TruncatedSvd, RefusesWhatCannotBe) {
  ThreadPool pool(1);
  SvdOptions options;
  options.width = 0;
  EXPECT_THROW(truncated_svd(pool, Csr(3, 3), {}, options), InvalidArgument);
  EXPECT_THROW(truncated_svd(pool, Csr(0, 3), {}, {}), InvalidArgument);
}

}  // namespace
}  // namespace monet::features
