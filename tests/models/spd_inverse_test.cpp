// The blocked inverse against what makes it one, over sizes around the block.
#include "monet/models/detail/spd_inverse.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/core/rng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace monet::models::testing::spd_inverse_test {
namespace {

/// AᵀA / n + λ I of a random A: eigenvalues from λ to about λ + 4.
Matrix<double> random_spd(Index n, double lambda) {
  Rng rng(static_cast<std::uint64_t>(n));
  Matrix<double> a(n, n);
  for (Index k = 0; k < a.size(); ++k) a.data()[k] = rng.normal();
  Matrix<double> out = Matrix<double>::zeros(n, n);
  for (Index k = 0; k < n; ++k) {
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < n; ++j) out(i, j) += a(k, i) * a(k, j) / static_cast<double>(n);
    }
  }
  for (Index i = 0; i < n; ++i) out(i, i) += lambda;
  return out;
}

class SpdInverse : public ::testing::TestWithParam<Index> {};

TEST_P(SpdInverse, TimesTheMatrixIsOneFromTheLowerTriangleAlone) {
  const Index n = GetParam();
  constexpr double kLambda = 0.1;
  const Matrix<double> whole = random_spd(n, kLambda);
  for (const int threads : {1, 3}) {
    ThreadPool pool(threads);
    Matrix<double> a = Matrix<double>::copy_of(whole.view());
    for (Index i = 0; i < n; ++i) {
      for (Index j = i + 1; j < n; ++j) a(i, j) = std::numeric_limits<double>::quiet_NaN();
    }
    detail::invert_negated(pool, a.view());
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < n; ++j) {
        double sum = 0.0;
        for (Index k = 0; k < n; ++k) sum -= (k <= i ? a(i, k) : a(k, i)) * whole(k, j);
        // eps times the condition number and the length of the sums
        EXPECT_NEAR(sum, i == j ? 1.0 : 0.0, 1e-15 * 5.0 / kLambda * static_cast<double>(n)) << i << ", " << j;
      }
    }
  }
}

TEST_P(SpdInverse, HasTheSameBitsWithAnyNumberOfThreads) {
  const Index n = GetParam();
  Matrix<double> one = random_spd(n, 1.0), three = random_spd(n, 1.0);
  ThreadPool alone(1), team(3);
  detail::invert_negated(alone, one.view());
  detail::invert_negated(team, three.view());
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j <= i; ++j) ASSERT_EQ(one(i, j), three(i, j)) << i << ", " << j;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, SpdInverse, ::testing::Values(1, 2, 7, 127, 128, 129, 300));

TEST(SpdInverseRefusal, OfAMatrixThatIsNotPositiveDefinite) {
  ThreadPool pool(1);
  Matrix<double> a = random_spd(200, 1.0);
  a(150, 150) = -1.0;
  EXPECT_THROW(detail::invert_negated(pool, a.view()), DataError);
  Matrix<double> none;
  detail::invert_negated(pool, none.view());
}

}  // namespace
}  // namespace monet::models::testing::spd_inverse_test
