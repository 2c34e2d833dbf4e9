#include "monet/rank/cosines.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/core/rng.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace monet::rank {
namespace {

constexpr Index kCosineItems = 40;
constexpr Index kCosineWidth = 24;

/// Rows of different lengths, two of which have no direction.
Matrix<float> rows_of_lengths() {
  Matrix<float> rows(kCosineItems, kCosineWidth);
  Rng rng(3);
  for (Index r = 0; r < kCosineItems; ++r) {
    for (Index c = 0; c < kCosineWidth; ++c)
      rows(r, c) = static_cast<float>(r + 1) * static_cast<float>(rng.uniform() - 0.5);
  }
  fill(rows.view().row_range(5, 1), 0.0F);
  rows(7, 2) = std::numeric_limits<float>::infinity();
  return rows;
}

double cosine_of(const Matrix<float>& rows, Index a, Index b) {
  double dot = 0.0, of_a = 0.0, of_b = 0.0;
  for (Index c = 0; c < rows.cols(); ++c) {
    const auto x = static_cast<double>(rows(a, c)), y = static_cast<double>(rows(b, c));
    dot += x * y;
    of_a += x * x;
    of_b += y * y;
  }
  return dot / std::sqrt(of_a * of_b);
}

void expect_cosines(const Cosines& cosines, const Matrix<float>& rows) {
  ThreadPool pool(2);
  const std::vector<Neighbour> all = cosines.all(pool, 3);
  ASSERT_EQ(all.size(), static_cast<std::size_t>(rows.rows() - 3)) << "all but itself and two without a direction";
  for (const Neighbour& n : all) {
    EXPECT_NE(n.item, 3);
    EXPECT_NEAR(static_cast<double>(n.score), cosine_of(rows, 3, n.item), 1e-6);
    EXPECT_NEAR(static_cast<double>(cosines.between(3, n.item)), cosine_of(rows, 3, n.item), 1e-6);
    EXPECT_NEAR(static_cast<double>(cosines.between(n.item, 3)), cosine_of(rows, 3, n.item), 1e-6);
  }
  const std::vector<Neighbour> nearest = cosines.nearest(pool, 3, 4);
  ASSERT_EQ(nearest.size(), 4U);
  for (const Neighbour& n : all) {
    bool listed = false;
    for (const Neighbour& near : nearest) listed = listed || near.item == n.item;
    EXPECT_TRUE(listed || n.score <= nearest.back().score);
  }
}

TEST(CosinesOfRows, AgreeWithFloat64) {
  const Matrix<float> rows = rows_of_lengths();
  expect_cosines(Cosines(rows.view()), rows);
}

TEST(CosinesOfRows, OfMoreRowsKeepTheFirstOnes) {
  const Matrix<float> rows = rows_of_lengths();
  const Cosines first(rows.view().row_range(0, 20));
  const Cosines before_a_question = first.extended(rows.view().row_range(0, 30));
  first.between(1, 2);
  const Cosines after_one = first.extended(rows.view().row_range(0, 30));
  for (const Cosines& some : {before_a_question, after_one}) {
    expect_cosines(some.extended(rows.view()), rows);
    some.between(1, 29);
    expect_cosines(some.extended(rows.view()), rows);
  }
}

TEST(CosinesOfRows, WithoutADirectionThereIsNone) {
  const Matrix<float> rows = rows_of_lengths();
  const Cosines cosines(rows.view());
  ThreadPool pool(1);
  EXPECT_TRUE(cosines.all(pool, 5).empty());
  EXPECT_EQ(cosines.between(5, 3), 0.0F);
  EXPECT_THROW(cosines.nearest(pool, 3, 0), InvalidArgument);
  EXPECT_THROW(cosines.nearest(pool, static_cast<std::int32_t>(kCosineItems), 1), InvalidArgument);
}

}  // namespace
}  // namespace monet::rank
