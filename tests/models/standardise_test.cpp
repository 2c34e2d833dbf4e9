#include "monet/models/detail/standardise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

namespace monet::models::detail {
namespace {

Matrix<float> of_rows(std::initializer_list<std::initializer_list<float>> rows) {
  Matrix<float> out(static_cast<Index>(rows.size()), static_cast<Index>(rows.begin()->size()));
  float* to = out.data();
  for (const auto& row : rows) to = std::copy(row.begin(), row.end(), to);
  return out;
}

void expect_rows(const Matrix<float>& got, const double (&want)[3][2]) {
  for (Index r = 0; r < 3; ++r) {
    for (Index c = 0; c < 2; ++c) EXPECT_NEAR(static_cast<double>(got(r, c)), want[r][c], 1e-6) << r << ", " << c;
  }
}

// Mean (4, 4), deviations √7 and 0; lengths √17, √41 and √52, of mean 5.912444.
TEST(Features, AreDividedByTheirMeanLengthOrStandardised) {
  const Matrix<float> features = of_rows({{1, 4}, {5, 4}, {6, 4}});
  expect_rows(of_mean_length(features.view()),
              {{0.1691348, 0.6765392}, {0.8456740, 0.6765392}, {1.0148087, 0.6765392}});
  expect_rows(standardised(features.view()), {{-1.1338934, 0.0}, {0.3779645, 0.0}, {0.7559289, 0.0}});
}

// Variances 1 and 1; 1 and 0; 9 and 1: (9 + 1)² / (2 · 82); none.
TEST(Features, AreEvenWhereColumnsVaryAlike) {
  EXPECT_DOUBLE_EQ(evenness(of_rows({{1, 8}, {3, 6}}).view()), 1.0);
  EXPECT_DOUBLE_EQ(evenness(of_rows({{1, 8}, {3, 8}}).view()), 0.5);
  EXPECT_DOUBLE_EQ(evenness(of_rows({{0, 1}, {6, 3}}).view()), 100.0 / 164.0);
  EXPECT_EQ(evenness(of_rows({{7, 8}, {7, 8}}).view()), 0.0);
}

TEST(Features, AreStandardisedOfThemselvesWhereTheyAreEven) {
  const Matrix<float> even = of_rows({{1, 8}, {3, 6}}), uneven = of_rows({{1, 8}, {3, 8}});
  EXPECT_TRUE(standardises(even.view(), FeatureScale::automatic));
  EXPECT_FALSE(standardises(uneven.view(), FeatureScale::automatic));
  EXPECT_FALSE(standardises(even.view(), FeatureScale::off));
  EXPECT_TRUE(standardises(uneven.view(), FeatureScale::on));
}

}  // namespace
}  // namespace monet::models::detail
