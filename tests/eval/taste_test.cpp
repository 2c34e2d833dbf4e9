#include "monet/eval/taste.h"

#include "monet/core/matrix.h"
#include "monet/core/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::eval::taste_test {
namespace {

constexpr Index kUsers = 60;
constexpr Index kItems = 80;
constexpr Index kWidth = 5;

/// User u's seven items; the first ones of the catalogue are chosen more often.
Csr purchases() {
  Rng rng(11);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::int32_t u = 0; u < kUsers; ++u) {
    for (int k = 0; k < 7; ++k) {
      const double x = rng.uniform();
      pairs.emplace_back(u, static_cast<std::int32_t>(static_cast<double>(kItems) * x * x));
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

/// Noise, with what the users of an item have in common: every user likes a direction of their own.
Matrix<float> tasteful(const Csr& train) {
  Matrix<float> m = noise(kItems, kWidth);
  for (Index u = 0; u < kUsers; ++u) {
    for (const std::int32_t i : train.row(u)) m(i, u % kWidth) += 0.7F;
  }
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

/// Every held-out item against every rival, by the chance with which it is drawn.
Shares count_all(const Csr& train, const Matrix<float>& features) {
  const std::vector<Row> rows = unit_rows(features);
  Row chance(static_cast<std::size_t>(train.cols()), 0.0);
  for (Index u = 0; u < train.rows(); ++u) {
    for (const std::int32_t i : train.row(u)) {
      chance[static_cast<std::size_t>(i)] += 1.0 / static_cast<double>(train.degree(u));
    }
  }
  Shares out;
  for (Index u = 0; u < train.rows(); ++u) {
    Shares won;
    Shares drawn;
    for (const std::int32_t held_out : train.row(u)) {
      Row mean(static_cast<std::size_t>(features.cols()), 0.0);
      for (const std::int32_t i : train.row(u)) {
        for (std::size_t c = 0; i != held_out && c < mean.size(); ++c) mean[c] += rows[static_cast<std::size_t>(i)][c];
      }
      for (std::int32_t rival = 0; rival < train.cols(); ++rival) {
        if (train.contains(u, rival)) continue;
        const auto at = static_cast<std::size_t>(rival);
        const double wins = dot(mean, rows[static_cast<std::size_t>(held_out)]) > dot(mean, rows[at]) ? 1.0 : 0.0;
        won.others += chance[at] * wins;
        drawn.others += chance[at];
        won.catalogue += wins;
        drawn.catalogue += 1.0;
      }
    }
    out.others += won.others / drawn.others / static_cast<double>(train.rows());
    out.catalogue += won.catalogue / drawn.catalogue / static_cast<double>(train.rows());
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
  expect_as_counted(train, tasteful(train));
  expect_as_counted(train, noise(kItems, kWidth));
}

TEST(Taste, TellsTasteFromNoise) {
  ThreadPool pool(1);
  const Csr train = purchases();
  const Estimate some = measure_taste(pool, tasteful(train), train).others;
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
  EXPECT_LT(taste.others.mean, 0.53);
}

TEST(Taste, WhatAllItemsShareChangesNothing) {
  ThreadPool pool(1);
  const Csr train = purchases();
  Matrix<float> features = tasteful(train);
  const Taste before = measure_taste(pool, features, train);
  for (Index i = 0; i < kItems; ++i) features(i, 0) += 32.0F;
  EXPECT_NEAR(measure_taste(pool, features, train).others.mean, before.others.mean, 1e-3);
}

TEST(Taste, RowsThatWereFilledInTakeNoPart) {
  ThreadPool pool(1);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  Matrix<float> features = noise(kItems, kWidth);
  for (Index i = 0; i < kItems; ++i) features(i, i % kWidth) += 9.0F;
  for (std::int32_t u = 0; u < kUsers; ++u) {
    for (std::int32_t k = 0; k < 8; ++k) pairs.emplace_back(u, (u + kWidth * k) % kItems);
  }
  const Csr train = Csr::from_pairs(kUsers, kItems, pairs);
  EXPECT_GT(measure_taste(pool, features, train).others.mean, 0.98);
  for (Index i = 0; i < kItems; i += 3) std::fill_n(features.row(i), kWidth, 0.0F);
  const Taste zeros = measure_taste(pool, features, train);
  EXPECT_GT(zeros.others.mean, 0.98);
  EXPECT_EQ(zeros.all_users, kUsers);
  for (Index i = 0; i < kItems; ++i) std::fill_n(features.row(i), i == 0 || i == 5 ? 0 : kWidth, 0.0F);
  EXPECT_EQ(measure_taste(pool, features, train).all_users, 12) << "those that have both items with features";
}

TEST(Taste, DoesNotDependOnThreadsAndIsSampled) {
  ThreadPool one(1);
  ThreadPool three(3);
  const Csr train = purchases();
  const Matrix<float> features = tasteful(train);
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
