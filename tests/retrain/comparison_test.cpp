// Two artifacts by what users did next: the one that lists it is better, and what cannot be compared is left out.
#include "monet/retrain/comparison.h"

#include "monet/core/error.h"
#include "tests/artifact/small_artifact.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace monet::retrain {
namespace {

/// An artifact that ranks `item` first for everybody, or last.
recommend::Recommender recommender(const std::filesystem::path& path, Index item, bool first) {
  test::SmallModel model;
  for (Index u = 0; u < model.users.rows(); ++u) model.users(u, 0) = 1.0F;
  std::fill_n(model.items.data(), model.items.size(), 0.0F);  // the others tie, in their order
  model.items(item, 0) = first ? 100.0F : -100.0F;
  train::ArtifactContents contents = model.contents();
  contents.scoring.beta = 0.0F;
  train::write_artifact(path, contents, true);
  return recommend::Recommender::open(path);
}

Grown grown_with(std::vector<std::pair<std::int32_t, std::int32_t>> test) {
  test::SmallModel model;
  Grown grown;
  grown.dataset = std::move(model.dataset);
  grown.test = std::move(test);
  return grown;
}

TEST(RetrainComparison, TheOneThatListsTheNextItemIsBetter) {
  const test::ScopedFolder folder;
  ThreadPool pool(1);
  const auto bad = recommender(folder / "bad", 4, false);
  const auto good = recommender(folder / "good", 4, true);
  const Grown grown = grown_with({{0, 4}, {1, 4}});  // u0 and u1 take "h" next
  const Comparison better = compare(pool, bad, good, grown, 1);
  EXPECT_EQ(better.users, 2);
  EXPECT_EQ(better.in_use, 0.0);
  EXPECT_EQ(better.candidate, 1.0);
  EXPECT_EQ(better.standard_error, 0.0);
  EXPECT_TRUE(better.not_worse(0.0));
  const Comparison worse = compare(pool, good, bad, grown, 1);
  EXPECT_EQ(worse.candidate, 0.0);
  EXPECT_FALSE(worse.not_worse(0.5));
  const Comparison same = compare(pool, good, good, grown, 1);
  EXPECT_TRUE(same.not_worse(0.0));
}

TEST(RetrainComparison, TheStandardErrorIsThatOfPairedDifferences) {
  const test::ScopedFolder folder;
  ThreadPool pool(1);
  const auto bad = recommender(folder / "bad", 4, false);
  const auto good = recommender(folder / "good", 4, true);
  // Of four users two gain: mean 1/2, variance 1/3, over four users.
  const Comparison comparison = compare(pool, bad, good, grown_with({{0, 4}, {1, 4}, {0, 3}, {1, 3}}), 1);
  EXPECT_NEAR(comparison.candidate - comparison.in_use, 0.5, 1e-12);
  EXPECT_NEAR(comparison.standard_error, std::sqrt(1.0 / 12.0), 1e-12);
}

TEST(RetrainComparison, WhatTheOneInUseWasTrainedOnIsLeftOut) {
  const test::ScopedFolder folder;
  ThreadPool pool(1);
  const auto model = recommender(folder / "model", 4, true);
  EXPECT_EQ(compare(pool, model, model, grown_with({{0, 0}, {0, 4}}), 1).users, 1);  // u0 was trained with "a"
  EXPECT_THROW(compare(pool, model, model, grown_with({{0, 0}}), 1), DataError);
}

TEST(RetrainComparison, UsersThatAnArtifactDoesNotKnowAreFoldedIn) {
  const test::ScopedFolder folder;
  ThreadPool pool(1);
  const auto model = recommender(folder / "model", 4, true);
  Grown grown = grown_with({{5, 4}});
  grown.dataset.user_ids.emplace_back("new");
  grown.dataset.train = Csr(6, 7, {0, 3, 5, 6, 8, 8, 9}, {0, 2, 5, 1, 2, 4, 0, 3, 2});
  const Comparison comparison = compare(pool, model, model, grown, 7);
  EXPECT_EQ(comparison.users, 1);
  EXPECT_EQ(comparison.candidate, 1.0);
}

}  // namespace
}  // namespace monet::retrain
