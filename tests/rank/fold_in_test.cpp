// Folding in against training's own arithmetic, carried out in float64 on a small graph.
#include "monet/rank/fold_in.h"
#include "monet/core/csr.h"
#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/core/rng.h"

#include <gtest/gtest.h>

#include <cmath>

namespace monet::rank {
namespace {

using Dense = std::vector<std::vector<double>>;

constexpr Index kUsers = 6;
constexpr Index kItems = 9;
constexpr Index kWidth = 5;
constexpr int kLayers = 3;
constexpr double kAlpha = 0.7;
// Embeddings are of order 1 to 10 and stored as float: rounding is below 16 · 2^-24 in each, and cancels in part.
constexpr double kTolerance = 1e-5;

Dense draw(Index rows, Rng& rng) {
  Dense values(static_cast<std::size_t>(rows), std::vector<double>(static_cast<std::size_t>(kWidth)));
  for (auto& row : values) {
    for (double& value : row) value = rng.uniform(-1.0, 1.0);
  }
  return values;
}

/// MeGCN by the letter, with given degrees of the items: layers[l] holds users, then items.
struct Propagation {
  std::vector<Dense> users;
  std::vector<Dense> items;

  Propagation(const Csr& train, const Dense& users0, const Dense& items0) : users{users0}, items{items0} {
    const Csr transposed = train.transposed();
    for (int l = 0; l < kLayers; ++l) {
      Dense next_users = users.back();
      Dense next_items = items.back();
      for (auto* side : {&next_users, &next_items}) {
        for (auto& row : *side) {
          for (double& value : row) value *= kAlpha;
        }
      }
      for (Index u = 0; u < train.rows(); ++u) {
        for (const std::int32_t i : train.row(u)) {
          const double weight = 1.0 / std::sqrt(static_cast<double>(train.degree(u) * transposed.degree(i)));
          for (std::size_t c = 0; c < static_cast<std::size_t>(kWidth); ++c) {
            next_users[static_cast<std::size_t>(u)][c] += weight * items.back()[static_cast<std::size_t>(i)][c];
            next_items[static_cast<std::size_t>(i)][c] += weight * users.back()[static_cast<std::size_t>(u)][c];
          }
        }
      }
      users.push_back(next_users);
      items.push_back(next_items);
    }
  }
};

Matrix<float> rounded(const Dense& values) {
  Matrix<float> result(static_cast<Index>(values.size()), kWidth);
  for (Index r = 0; r < result.rows(); ++r) {
    for (Index c = 0; c < kWidth; ++c) {
      result(r, c) = static_cast<float>(values[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)]);
    }
  }
  return result;
}

class FoldInTest : public ::testing::Test {
 protected:
  FoldInTest() {
    Rng rng(11);
    users0_ = draw(kUsers, rng);
    items0_ = draw(kItems, rng);
    const Propagation trained(train_, users0_, items0_);
    users_ = rounded(trained.users.back());
    const Csr transposed = train_.transposed();
    Dense foldin(static_cast<std::size_t>(kItems), std::vector<double>(static_cast<std::size_t>(kWidth), 0.0));
    for (std::size_t i = 0; i < static_cast<std::size_t>(kItems); ++i) {
      const double degree = std::max<double>(1.0, static_cast<double>(transposed.degree(static_cast<Index>(i))));
      for (int l = 0; l < kLayers; ++l) {
        for (std::size_t c = 0; c < static_cast<std::size_t>(kWidth); ++c) {
          foldin[i][c] +=
              std::pow(kAlpha, kLayers - 1 - l) * trained.items[static_cast<std::size_t>(l)][i][c] / std::sqrt(degree);
        }
      }
    }
    foldin64_ = foldin;
    foldin_ = rounded(foldin);
    scoring_.kind = scoring::ScoreKind::target_aware;
    scoring_.user_embedding = users_;
    scoring_.item_embedding = foldin_;
    scoring_.history = train_;
    model_ = {foldin_, {}};
  }

  /// α^L e_u^0 + |N|^{-1/2} Σ f_i.
  std::vector<double> expected(const std::vector<double>& start, const std::vector<std::int32_t>& items) const {
    std::vector<double> sum(static_cast<std::size_t>(kWidth));
    for (std::size_t c = 0; c < sum.size(); ++c) {
      sum[c] = std::pow(kAlpha, kLayers) * start[c];
      for (const std::int32_t i : items) {
        sum[c] += foldin64_[static_cast<std::size_t>(i)][c] / std::sqrt(static_cast<double>(items.size()));
      }
    }
    return sum;
  }

  void expect_near(const std::vector<float>& got, const std::vector<double>& want) const {
    ASSERT_EQ(got.size(), want.size());
    for (std::size_t c = 0; c < want.size(); ++c) EXPECT_NEAR(static_cast<double>(got[c]), want[c], kTolerance);
  }

  const Csr train_{kUsers, kItems, {0, 3, 5, 6, 8, 11, 11}, {0, 2, 5, 1, 2, 4, 0, 3, 1, 5, 7}};
  Dense users0_, items0_, foldin64_;
  Matrix<float> users_, foldin_;
  scoring::Scoring scoring_;
  FoldIn model_;
};

TEST_F(FoldInTest, ATrainedUserComesOutAsTraining) {
  // With nothing beyond the training history the formula is the trained embedding itself, start and all.
  for (std::int32_t u = 0; u < kUsers; ++u) {
    const auto row = train_.row(u);
    expect_near(fold_in_user(model_, scoring::known_user(scoring_, u), u, {}),
                expected(users0_[static_cast<std::size_t>(u)], {row.begin(), row.end()}));
  }
}

TEST_F(FoldInTest, ANewUserStartsFromZero) {
  const std::vector<double> zero(static_cast<std::size_t>(kWidth), 0.0);
  expect_near(fold_in_user(model_, std::vector<std::int32_t>{4}), expected(zero, {4}));
  expect_near(fold_in_user(model_, std::vector<std::int32_t>{7, 0, 8}), expected(zero, {0, 7, 8}));
  expect_near(fold_in_user(model_, std::vector<std::int32_t>{7, 0, 8, 0, 7}), expected(zero, {0, 7, 8}));
}

TEST_F(FoldInTest, AKnownUserWithMoreItemsKeepsTheStart) {
  expect_near(fold_in_user(model_, scoring::known_user(scoring_, 1), 1, std::vector<std::int32_t>{8, 2, 6}),
              expected(users0_[1], {1, 2, 6, 8}));
  expect_near(fold_in_user(model_, scoring::known_user(scoring_, 5), 5, std::vector<std::int32_t>{3}),
              expected(users0_[5], {3}));
}

TEST_F(FoldInTest, TheFusionsBiasIsAddedOnce) {
  const std::vector<float> bias{1.0F, -2.0F, 3.0F, 0.5F, 0.0F};
  const std::vector<std::int32_t> history{2, 3};
  const std::vector<float> without = fold_in_user(model_, history);
  const std::vector<float> with = fold_in_user({model_.items, bias}, history);
  for (std::size_t c = 0; c < bias.size(); ++c) EXPECT_NEAR(with[c] - without[c], bias[c], 1e-6);
  // A trained embedding has the bias in it already.
  EXPECT_EQ(fold_in_user({model_.items, bias}, scoring::known_user(scoring_, 0), 0, history),
            fold_in_user(model_, scoring::known_user(scoring_, 0), 0, history));
}

TEST_F(FoldInTest, WhatDoesNotFitIsRefused) {
  EXPECT_THROW(fold_in_user(model_, std::vector<std::int32_t>{}), InvalidArgument);
  EXPECT_THROW(fold_in_user(model_, std::vector<std::int32_t>{9}), InvalidArgument);
  EXPECT_THROW(fold_in_user(model_, std::vector<std::int32_t>{-1}), InvalidArgument);
  const scoring::Query without_embedding;
  EXPECT_THROW(fold_in_user(model_, without_embedding, 0, std::vector<std::int32_t>{0}), InvalidArgument);
}

// Two blocks of two columns, which cosines need at length 3: who gains nothing stays where they are, whatever their
// rows were before, and a newcomer's blocks get that length.
TEST(FoldInCosines, BlocksAreGivenTheirLength) {
  Matrix<float> foldin(3, 4), norms(2, 2);
  Rng rng(4);
  for (Index k = 0; k < foldin.size(); ++k) foldin.data()[k] = static_cast<float>(rng.uniform(-1.0, 1.0));
  norms(1, 0) = 0.5F;
  norms(1, 1) = 7.0F;
  const FoldIn model{foldin.view(), {}, norms.view(), 3.0F};
  const std::vector<float> embedding{1.8F, 2.4F, 0.0F, -3.0F};
  const std::vector<std::int32_t> history{0, 2};
  scoring::Query user;
  user.embedding = embedding;
  user.history = history;
  const std::vector<float> same = fold_in_user(model, user, 1, {});
  for (std::size_t c = 0; c < 4; ++c) EXPECT_NEAR(same[c], embedding[c], kTolerance);

  const std::vector<std::int32_t> extra{1};
  const std::vector<float> more = fold_in_user(model, user, 1, extra);
  const std::vector<float> fresh = fold_in_user(model, history);
  std::vector<double> want_more, want_fresh;
  for (Index c = 0; c < 4; ++c) {
    const double own = static_cast<double>(embedding[static_cast<std::size_t>(c)]) * (c < 2 ? 0.5 : 7.0) / 3.0;
    const double two = static_cast<double>(foldin(0, c)) + static_cast<double>(foldin(2, c));
    want_fresh.push_back(two);
    want_more.push_back(own - two / std::sqrt(2.0) + (two + static_cast<double>(foldin(1, c))) / std::sqrt(3.0));
  }
  const auto expect_lengths = [](const std::vector<float>& got, const std::vector<double>& want) {
    for (std::size_t block : {0U, 2U}) {
      const double norm = std::hypot(want[block], want[block + 1]);
      for (const std::size_t c : {block, block + 1}) EXPECT_NEAR(got[c], 3.0 * want[c] / norm, kTolerance);
    }
  };
  expect_lengths(more, want_more);
  expect_lengths(fresh, want_fresh);
  EXPECT_THROW(fold_in_user(model, user, 2, extra), InvalidArgument);
}

}  // namespace
}  // namespace monet::rank
