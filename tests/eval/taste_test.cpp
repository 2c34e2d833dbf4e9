#include "monet/eval/taste.h"

#include "monet/core/matrix.h"
#include "monet/core/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

namespace monet::eval::taste_test {
namespace {

constexpr std::int32_t kUsers = 60;
constexpr std::int32_t kItems = 80;
constexpr std::int32_t kWidth = 5;

/// Up to seven items of each user: the first ones of the catalogue more often, and every second of the user's own kind,
/// of which there are kWidth.
Csr purchases() {
  Rng rng(11);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::int32_t u = 0; u < kUsers; ++u) {
    for (int k = 0; k < 7; ++k) {
      const double x = rng.uniform();
      const auto item = static_cast<std::int32_t>(static_cast<double>(kItems) * x * x);
      pairs.emplace_back(u, k % 2 == 0 ? item : item - item % kWidth + u % kWidth);
    }
  }
  return Csr::from_pairs(kUsers, kItems, pairs);
}

Matrix<float> noise(Index rows, Index cols) {
  Rng rng(12);
  Matrix<float> m(rows, cols);
  std::generate_n(m.data(), m.size(), [&] { return static_cast<float>(rng.normal()); });
  return m;
}

/// Noise, and the kind of an item.
Matrix<float> tasteful() {
  Matrix<float> m = noise(kItems, kWidth);
  for (Index i = 0; i < kItems; ++i) m(i, i % kWidth) += 4.0F;
  return m;
}

using Row = std::vector<double>;

double dot(const Row& a, const Row& b) {
  double sum = 0.0;
  for (std::size_t c = 0; c < a.size(); ++c) sum += a[c] * b[c];
  return sum;
}

/// Rows minus their mean, of length 1.
std::vector<Row> unit_rows(const Matrix<float>& m) {
  std::vector<Row> rows;
  for (Index r = 0; r < m.rows(); ++r) rows.emplace_back(m.row(r), m.row(r) + m.cols());
  for (std::size_t c = 0; c < rows[0].size(); ++c) {
    double mean = 0.0;
    for (const Row& row : rows) mean += row[c] / static_cast<double>(rows.size());
    for (Row& row : rows) row[c] -= mean;
  }
  for (Row& row : rows) {
    const double length = std::sqrt(dot(row, row));
    for (double& x : row) x /= length;
  }
  return rows;
}

struct Shares {
  double others = 0.0;
  double catalogue = 0.0;
};

/// The cosine of an item to the mean of the user's others, but for that mean's length.
double nearness(const std::vector<Row>& rows, std::span<const std::int32_t> items, std::int32_t held_out,
                std::int32_t item) {
  double sum = 0.0;
  for (const std::int32_t i : items) {
    if (i != held_out) sum += dot(rows[static_cast<std::size_t>(i)], rows[static_cast<std::size_t>(item)]);
  }
  return sum;
}

/// Every held-out item against every item of every other user, and against the catalogue.
Shares count_all(const Csr& train, const Matrix<float>& features) {
  const std::vector<Row> rows = unit_rows(features);
  const auto users = static_cast<std::int32_t>(train.rows());
  Shares out;
  for (std::int32_t u = 0; u < users; ++u) {
    Shares won;
    Shares drawn;
    for (const std::int32_t held_out : train.row(u)) {
      std::vector<double> wins;
      for (std::int32_t rival = 0; rival < train.cols(); ++rival) {
        const double lead =
            nearness(rows, train.row(u), held_out, held_out) - nearness(rows, train.row(u), held_out, rival);
        wins.push_back(lead > 0.0 ? 1.0 : 0.0);
        if (train.contains(u, rival)) continue;
        won.catalogue += wins.back();
        drawn.catalogue += 1.0;
      }
      for (std::int32_t other = 0; other < users; ++other) {
        if (train.contains(other, held_out)) continue;
        for (const std::int32_t rival : train.row(other)) {
          if (train.contains(u, rival)) continue;
          const double chance = 1.0 / static_cast<double>(train.degree(other));
          won.others += chance * wins[static_cast<std::size_t>(rival)];
          drawn.others += chance;
        }
      }
    }
    out.others += won.others / drawn.others / static_cast<double>(users);
    out.catalogue += won.catalogue / drawn.catalogue / static_cast<double>(users);
  }
  return out;
}

void expect_as_counted(const Csr& train, const Matrix<float>& features) {
  ThreadPool pool(1);
  const Taste taste = measure_taste(pool, features, train);
  const Shares expected = count_all(train, features);
  // 60 users × 5 items × 64 rivals: the draws are off by less than 0.02.
  EXPECT_NEAR(taste.others.mean, expected.others, 0.02);
  EXPECT_NEAR(taste.catalogue.mean, expected.catalogue, 0.02);
  EXPECT_EQ(taste.users, kUsers);
  EXPECT_EQ(taste.all_users, kUsers);
}

TEST(Taste, IsWhatCountingAllPairsGives) {
  const Csr train = purchases();
  expect_as_counted(train, tasteful());
  expect_as_counted(train, noise(kItems, kWidth));
}

TEST(Taste, TellsTasteFromNoise) {
  ThreadPool pool(1);
  const Csr train = purchases();
  const Estimate some = measure_taste(pool, tasteful(), train).others;
  const Estimate none = measure_taste(pool, noise(kItems, kWidth), train).others;
  EXPECT_GT(some.mean, 0.5 + 4.0 * some.standard_error);
  EXPECT_LT(std::abs(none.mean - 0.5), 4.0 * none.standard_error);
}

TEST(Taste, PopularityAloneWinsOnlyAgainstTheCatalogue) {
  ThreadPool pool(1);
  const Csr train = purchases();
  Matrix<float> features = noise(kItems, 2);
  for (Index i = 0; i < kItems; ++i) features(i, 0) -= 0.1F * static_cast<float>(i);
  const Taste taste = measure_taste(pool, features, train);
  EXPECT_GT(taste.catalogue.mean, 0.58);
  EXPECT_LT(std::abs(taste.others.mean - 0.5), 2.0 * taste.others.standard_error);
}

TEST(Taste, WhatAllItemsShareChangesNothing) {
  ThreadPool pool(1);
  const Csr train = purchases();
  Matrix<float> features = tasteful();
  const Taste before = measure_taste(pool, features, train);
  for (Index i = 0; i < kItems; ++i) features(i, 0) += 32.0F;
  EXPECT_NEAR(measure_taste(pool, features, train).others.mean, before.others.mean, 1e-3);
}

TEST(Taste, RowsThatWereFilledInTakeNoPart) {
  ThreadPool pool(1);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::int32_t u = 0; u < kUsers; ++u) {  // half of the items of one kind
    for (std::int32_t k = 0; k < 8; ++k) pairs.emplace_back(u, (u + kWidth * k) % kItems);
  }
  const Csr train = Csr::from_pairs(kUsers, kItems, pairs);
  Matrix<float> features = tasteful();
  const double all = measure_taste(pool, features, train).others.mean;
  EXPECT_GT(all, 0.85);
  for (Index i = 0; i < kItems; i += 3) std::fill_n(features.row(i), kWidth, 0.0F);
  EXPECT_NEAR(measure_taste(pool, features, train).others.mean, all, 0.02);
  for (Index i = 0; i < kItems; ++i) std::fill_n(features.row(i), i == 5 || i == 10 ? 0 : kWidth, 0.0F);
  EXPECT_EQ(measure_taste(pool, features, train).all_users, 3) << "users 0, 5 and 55 have both items with features";
}

TEST(Taste, DoesNotDependOnThreadsAndIsSampled) {
  ThreadPool one(1);
  ThreadPool three(3);
  const Csr train = purchases();
  const Matrix<float> features = tasteful();
  TasteBudget budget;
  budget.users = 20;
  const Taste a = measure_taste(one, features, train, budget);
  const Taste b = measure_taste(three, features, train, budget);
  EXPECT_EQ(a.users, 20);
  EXPECT_EQ(a.all_users, kUsers);
  EXPECT_EQ(a.others.mean, b.others.mean);
  EXPECT_EQ(a.catalogue.standard_error, b.catalogue.standard_error);
  EXPECT_NEAR(a.others.mean, measure_taste(one, features, train).others.mean, 4.0 * a.others.standard_error);
}

TEST(Taste, NothingToMeasureIsNotMeasured) {
  ThreadPool pool(1);
  const Taste taste = measure_taste(pool, noise(kItems, kWidth), Csr(kUsers, kItems));
  EXPECT_EQ(taste.users, 0);
  EXPECT_EQ(taste.all_users, 0);
}

}  // namespace
}  // namespace monet::eval::taste_test
