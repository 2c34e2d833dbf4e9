#include "monet/eval/data_quality.h"
#include "monet/core/rng.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace monet::eval::data_quality_test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Pairs = std::vector<std::pair<std::int32_t, std::int32_t>>;

Matrix<float> random_rows(Index rows, Index cols, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> m(rows, cols);
  std::generate_n(m.data(), m.size(), [&] { return static_cast<float>(rng.normal()); });
  return m;
}

void copy_row(Matrix<float>& m, Index from, Index to, float times = 1.0F) {
  for (Index c = 0; c < m.cols(); ++c) m(to, c) = times * m(from, c);
}

/// Rows with a cosine of at least `threshold` with another, all minus their mean, in float64.
Index count_by_hand(const Matrix<float>& m, double threshold) {
  std::vector<std::vector<double>> rows;
  for (Index r = 0; r < m.rows(); ++r) rows.emplace_back(m.row(r), m.row(r) + m.cols());
  for (Index c = 0; c < m.cols(); ++c) {
    double mean = 0.0;
    for (const auto& row : rows) mean += row[static_cast<std::size_t>(c)];
    for (auto& row : rows) row[static_cast<std::size_t>(c)] -= mean / static_cast<double>(m.rows());
  }
  const auto dot = [](const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t c = 0; c < a.size(); ++c) sum += a[c] * b[c];
    return sum;
  };
  Index found = 0;
  for (std::size_t a = 0; a < rows.size(); ++a) {
    bool near = false;
    for (std::size_t b = 0; b < rows.size(); ++b) {
      near = near ||
             (a != b && dot(rows[a], rows[b]) >= threshold * std::sqrt(dot(rows[a], rows[a]) * dot(rows[b], rows[b])));
    }
    found += near ? 1 : 0;
  }
  return found;
}

TEST(NearDuplicates, AreThoseThatComparingByHandFinds) {
  for (const int threads : {1, 3}) {
    ThreadPool pool(threads);
    Matrix<float> rows = random_rows(1300, 12, 3);                // more than two tiles
    for (Index r = 0; r < rows.rows(); ++r) rows(r, 0) += 40.0F;  // a common part, which would hide everything
    for (const Index r : {5, 600, 1299}) copy_row(rows, r / 2, r);
    const NearDuplicates found = near_duplicates(pool, rows);
    EXPECT_EQ(found.compared, 1300);
    EXPECT_EQ(found.found, 6);
    EXPECT_EQ(found.found, count_by_hand(rows, 0.999));
    EXPECT_EQ(near_duplicates(pool, rows, 0.9).found, count_by_hand(rows, 0.9));
    EXPECT_GT(count_by_hand(rows, 0.9), 6) << "the looser threshold must make a difference";
  }
}

TEST(NearDuplicates, ASampleIsComparedWithAllRows) {
  ThreadPool pool(2);
  Matrix<float> rows = random_rows(900, 8, 4);
  for (Index r = 0; r < 450; ++r) copy_row(rows, r, r + 450);
  const NearDuplicates found = near_duplicates(pool, rows, 0.999, 900.0 * 8.0 * 100.0);
  EXPECT_EQ(found.candidates, 900);
  EXPECT_EQ(found.compared, 100);
  EXPECT_EQ(found.found, 100);
}

TEST(NearDuplicates, RowsAtTheMeanHaveNoDirection) {
  ThreadPool pool(1);
  Matrix<float> rows = random_rows(100, 6, 5);
  for (Index c = 0; c < 6; ++c) {  // the first ten rows are what the others are on average
    double sum = 0.0;
    for (Index r = 10; r < 100; ++r) sum += static_cast<double>(rows(r, c));
    for (Index r = 0; r < 10; ++r) rows(r, c) = static_cast<float>(sum / 90.0);
  }
  const NearDuplicates found = near_duplicates(pool, rows);
  EXPECT_EQ(found.at_mean, 10);
  EXPECT_EQ(found.candidates, 90);
  EXPECT_EQ(found.found, 0);
}

/// 40 users × 60 items; a user's six items are of one group of items that also share a direction.
data::Dataset shop(bool meaningful) {
  data::Dataset dataset;
  Pairs pairs;
  for (std::int32_t u = 0; u < 40; ++u) {
    for (std::int32_t k = 0; k < 6; ++k) pairs.emplace_back(u, (u % 6) * 10 + (u + k) % 10);
  }
  dataset.train = Csr::from_pairs(40, 60, pairs);
  dataset.validation = Csr(40, 60);
  dataset.test = Csr(40, 60);
  Matrix<float> features = random_rows(60, 8, 6);
  for (Index i = 0; meaningful && i < 60; ++i) features(i, i / 10) += 4.0F;
  dataset.modalities.push_back({"image", std::move(features), 0});
  return dataset;
}

TEST(DataQuality, SaysWhetherFeaturesTellTastes) {
  ThreadPool pool(1);
  const DataQuality good = data_quality(pool, shop(true));
  ASSERT_EQ(good.modalities.size(), 1U);
  EXPECT_GT(good.modalities[0].taste.others.mean, 0.9);
  EXPECT_EQ(good.modalities[0].taste.users, 40);
  EXPECT_THAT(good.warnings, IsEmpty());
  EXPECT_THAT(describe(good), Contains(HasSubstr("image: tells these users' tastes: 0.9")));
  const DataQuality bad = data_quality(pool, shop(false));
  EXPECT_THAT(bad.warnings, Contains(HasSubstr("nearness in these features tells no tastes")));
  EXPECT_THAT(describe(bad), Contains(HasSubstr("warning: image: ")));
}

TEST(DataQuality, OfFewUsersItSaysNothing) {
  ThreadPool pool(1);
  data::Dataset dataset = shop(false);
  Pairs pairs;
  for (std::int32_t i = 0; i < 12; ++i) pairs.emplace_back(i % 3, i * 5);
  dataset.train = Csr::from_pairs(40, 60, pairs);
  const DataQuality quality = data_quality(pool, dataset);
  EXPECT_THAT(quality.warnings, IsEmpty());
  EXPECT_THAT(describe(quality), Contains(HasSubstr("tastes: too few users to tell")));
}

TEST(DataQuality, CountsConstantColumnsAndEqualRows) {
  ThreadPool pool(1);
  data::Dataset dataset = shop(true);
  Matrix<float>& features = dataset.modalities[0].features;
  for (Index i = 0; i < 60; ++i) features(i, 7) = 3.0F;
  for (const Index i : {20, 21, 22}) copy_row(features, 19, i);
  copy_row(features, 1, 2);
  const ModalityQuality m = data_quality(pool, dataset).modalities[0];
  EXPECT_EQ(m.constant_columns, 1);
  EXPECT_EQ(m.repeated_rows, 6);
  EXPECT_EQ(m.largest_group, 4);
  EXPECT_THAT(data_quality(pool, dataset).warnings,
              ::testing::AllOf(Contains(HasSubstr("1 of 8 columns")), Contains(HasSubstr("6 rows are equal"))));
  for (const Index i : {19, 20, 21, 22}) std::fill_n(features.row(i), 8, 0.0F);  // filled in
  EXPECT_EQ(data_quality(pool, dataset).modalities[0].repeated_rows, 2);
}

}  // namespace
}  // namespace monet::eval::data_quality_test
