#include "monet/models/detail/standardise.h"

#include <gtest/gtest.h>

namespace monet::models::detail {
namespace {

// Rows (1, 4) and (5, 4) and (6, 4): mean (4, 4), deviations √7 and 0.
const Matrix<float> kFeatures = [] {
  Matrix<float> out(3, 2);
  out(0, 0) = 1.0F;
  out(1, 0) = 5.0F;
  out(2, 0) = 6.0F;
  for (Index r = 0; r < 3; ++r) out(r, 1) = 4.0F;
  return out;
}();

void expect_rows(FeatureScale scale, const double (&want)[3][2]) {
  const Matrix<float> got = scaled_features(kFeatures.view(), scale);
  for (Index r = 0; r < 3; ++r) {
    for (Index c = 0; c < 2; ++c) EXPECT_NEAR(static_cast<double>(got(r, c)), want[r][c], 1e-6) << r << ", " << c;
  }
}

TEST(ScaledFeatures, HaveOneFactor) {
  // Lengths √17, √41 and √52, of mean 5.912444.
  expect_rows(FeatureScale::off, {{0.1691348, 0.6765392}, {0.8456740, 0.6765392}, {1.0148087, 0.6765392}});
}
TEST(ScaledFeatures, LoseTheirMean) {
  // Lengths 3, 1 and 2 from the mean.
  expect_rows(FeatureScale::centre, {{-1.5, 0.0}, {0.5, 0.0}, {1.0, 0.0}});
}
TEST(ScaledFeatures, HaveColumnsOfDeviationOne) {
  expect_rows(FeatureScale::on, {{-1.1338934, 0.0}, {0.3779645, 0.0}, {0.7559289, 0.0}});
}

TEST(ScaledFeatures, AreZeroWhereAllRowsAreAlike) {
  Matrix<float> alike(2, 1);
  alike(0, 0) = alike(1, 0) = 3.0F;
  for (const FeatureScale scale : {FeatureScale::centre, FeatureScale::on}) {
    const Matrix<float> got = scaled_features(alike.view(), scale);
    EXPECT_EQ(got(0, 0), 0.0F);
    EXPECT_EQ(got(1, 0), 0.0F);
  }
}

}  // namespace
}  // namespace monet::models::detail
