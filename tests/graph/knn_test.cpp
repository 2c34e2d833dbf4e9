#include "monet/graph/knn.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/core/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace monet::graph {
namespace {

Matrix<float> random_rows(Index rows, Index cols, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> out(rows, cols);
  for (Index k = 0; k < out.size(); ++k) out.data()[k] = static_cast<float>(rng.normal());
  return out;
}

double cosine(MatrixView<const float> x, Index a, Index b) {
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (Index c = 0; c < x.cols; ++c) {
    const auto p = static_cast<double>(x(a, c));
    const auto q = static_cast<double>(x(b, c));
    ab += p * q, aa += p * p, bb += q * q;
  }
  return ab / std::sqrt(aa * bb);
}

// A cosine of unit rows of d floats: each is rounded once, and so is each of d products and sums.
double tolerance(Index d) {
  return static_cast<double>(d + 3) * static_cast<double>(std::numeric_limits<float>::epsilon());
}

/// Each row's list has the right length, right similarities, and nothing left out is better than what is in.
void expect_nearest(MatrixView<const float> x, const KnnGraph& graph, const KnnOptions& options) {
  ASSERT_EQ(graph.pattern.rows(), x.rows);
  ASSERT_EQ(graph.pattern.cols(), x.rows);
  ASSERT_EQ(static_cast<Index>(graph.similarities.size()), graph.pattern.nnz());
  const double allowed = tolerance(x.cols);
  for (Index r = 0; r < x.rows; ++r) {
    std::vector<double> all;
    for (Index c = 0; c < x.rows; ++c) all.push_back(cosine(x, r, c));
    std::vector<double> sorted = all;
    std::sort(sorted.rbegin(), sorted.rend());
    Index possible = x.rows;
    if (!options.keep_negative) possible = std::count_if(all.begin(), all.end(), [](double v) { return v > 0.0; });
    const Index want = std::min(options.neighbours, possible);
    ASSERT_EQ(graph.pattern.degree(r), want) << "row " << r;
    EXPECT_TRUE(graph.pattern.contains(r, static_cast<std::int32_t>(r)));
    const double worst = sorted[static_cast<std::size_t>(want - 1)];
    for (Index k = 0; k < want; ++k) {
      const std::int32_t c = graph.pattern.row(r)[static_cast<std::size_t>(k)];
      const Index entry = graph.pattern.indptr()[static_cast<std::size_t>(r)] + k;
      EXPECT_NEAR(static_cast<double>(graph.similarities[static_cast<std::size_t>(entry)]),
                  all[static_cast<std::size_t>(c)], allowed);
      EXPECT_GE(all[static_cast<std::size_t>(c)], worst - 2.0 * allowed);
    }
  }
}

TEST(Knn, FindsTheLargestCosinesAroundTheTileSizes) {
  ThreadPool pool(1);
  for (const Index n : {1, 2, 9, 191, 192, 193, 769}) {
    const Matrix<float> x = random_rows(n, 7, 3);
    for (const Index k : {1, 4, 300}) {
      for (const bool keep : {false, true}) {
        SCOPED_TRACE(::testing::Message() << n << " rows, k " << k << (keep ? ", negatives kept" : ""));
        expect_nearest(x.view(), cosine_neighbours(pool, x.view(), {k, keep}), {k, keep});
      }
    }
  }
}

TEST(Knn, ReadsStridedRows) {
  ThreadPool pool(1);
  const Matrix<float> wide = random_rows(40, 20, 4);
  const auto x = wide.view().columns(3, 11);
  expect_nearest(x, cosine_neighbours(pool, x, {5, false}), {5, false});
}

TEST(Knn, ThreadsChangeNothing) {
  const Matrix<float> x = random_rows(1000, 33, 5);
  ThreadPool one(1), three(3);
  const KnnGraph a = cosine_neighbours(one, x.view(), {10, false});
  const KnnGraph b = cosine_neighbours(three, x.view(), {10, false});
  EXPECT_TRUE(std::equal(a.pattern.indices().begin(), a.pattern.indices().end(), b.pattern.indices().begin(),
                         b.pattern.indices().end()));
  EXPECT_EQ(a.similarities, b.similarities);
}

// 1,000 rows of which each third is the same: wherever its tile, an equal row has an equal similarity.
TEST(Knn, TiesGoToTheLowerIndex) {
  ThreadPool pool(1);
  for (const Index d : {3, 16, 33, 128}) {
    Matrix<float> x = random_rows(1000, d, 6);
    for (Index r = 3; r < 1000; r += 3) std::copy_n(x.row(0), d, x.row(r));
    const KnnGraph graph = cosine_neighbours(pool, x.view(), {5, false});
    for (Index r = 0; r < 1000; r += 3) {
      const auto row = graph.pattern.row(r);
      EXPECT_EQ(std::vector<std::int32_t>(row.begin(), row.end()), (std::vector<std::int32_t>{0, 3, 6, 9, 12}))
          << "row " << r << ", d " << d;
    }
  }
}

TEST(Knn, ARowOfZerosHasNoPart) {
  ThreadPool pool(1);
  for (const bool keep : {false, true}) {
    Matrix<float> x = random_rows(6, 4, 7);
    fill(x.view().row_range(2, 1), 0.0F);
    const KnnGraph graph = cosine_neighbours(pool, x.view(), {6, keep});
    EXPECT_EQ(graph.pattern.degree(2), 0);
    for (Index r = 0; r < 6; ++r) {
      EXPECT_FALSE(graph.pattern.contains(r, 2));
      if (keep && r != 2) {
        EXPECT_EQ(graph.pattern.degree(r), 5);
      }
    }
    for (const float s : graph.similarities) EXPECT_TRUE(std::isfinite(s));
  }
}

TEST(Knn, LengthsDoNotCount) {
  ThreadPool pool(1);
  Matrix<float> x(3, 2);
  const std::vector<float> values = {1e-30F, 0.0F, 1e15F, 1e15F, -3.0F, 0.1F};
  std::copy(values.begin(), values.end(), x.data());
  const KnnGraph graph = cosine_neighbours(pool, x.view(), {2, false});
  ASSERT_EQ(graph.pattern.nnz(), 5);  // the third row turns away from the others
  EXPECT_NEAR(graph.similarities[1], std::sqrt(0.5), 1e-6);
  EXPECT_EQ(graph.pattern.degree(2), 1);
}

TEST(Knn, RefusesWhatMakesNoSense) {
  ThreadPool pool(1);
  Matrix<float> x = random_rows(4, 3, 8);
  EXPECT_THROW(cosine_neighbours(pool, x.view(), {0, false}), InvalidArgument);
  x(2, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(cosine_neighbours(pool, x.view(), {2, false}), DataError);
  EXPECT_EQ(cosine_neighbours(pool, Matrix<float>(0, 3).view(), {2, false}).pattern.nnz(), 0);
}

}  // namespace
}  // namespace monet::graph
