// Explanations: the parts are the score, and the score is the ranking's.
#include "monet/rank/explain.h"
#include "monet/core/csr.h"
#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "monet/rank/scores.h"

#include <gmock/gmock.h>

#include <cmath>

namespace monet::rank::explain_test {
namespace {

using ::testing::DoubleNear;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Index kItems = 8;
constexpr Index kWidth = 6;
constexpr double kTolerance = 1e-12;  // sums of a few dozen terms of order 1 in double

class Explain : public ::testing::Test {
 protected:
  Explain() : users_(4, kWidth), items_(kItems, kWidth), popularity_{5, 1, 2, 0, 0, 3, 0, 1} {
    Rng rng(3);
    for (Matrix<float>* matrix : {&users_, &items_}) {
      for (Index i = 0; i < matrix->size(); ++i) matrix->data()[i] = static_cast<float>(rng.uniform(-2.0, 2.0));
    }
    scoring_.kind = scoring::ScoreKind::target_aware;
    scoring_.beta = 0.3F;
    scoring_.user_embedding = users_;
    scoring_.item_embedding = items_;
    scoring_.history = history_;
    scoring_.item_popularity = popularity_;
  }

  double defined_score(std::int32_t user, std::int32_t item) const {
    double score = 0.0;
    score_items(scoring::Items(scoring_), scoring::known_user(scoring_, user), {&item, 1}, {&score, 1});
    return score;
  }

  Explanation explained(std::int32_t user, std::int32_t item, int max_drivers,
                        std::span<const ColumnBlock> blocks) const {
    return explain(scoring::Items(scoring_), scoring::known_user(scoring_, user), blocks, item, max_drivers);
  }

  const Csr history_{4, kItems, {0, 4, 5, 7, 7}, {0, 2, 5, 7, 1, 0, 5}};
  const std::vector<ColumnBlock> blocks_{{"audio", 0, 1}, {"image", 1, 3}, {"text", 4, 2}};
  Matrix<float> users_, items_;
  std::vector<float> popularity_;
  scoring::Scoring scoring_;
};

TEST_F(Explain, PartsAndModalitiesSumToTheRankingsScore) {
  for (std::int32_t user = 0; user < 3; ++user) {
    for (std::int32_t item = 0; item < kItems; ++item) {
      const Explanation why = explained(user, item, 3, blocks_);
      EXPECT_NEAR(why.score, defined_score(user, item), kTolerance);
      EXPECT_NEAR(why.general + why.target, why.score, kTolerance);
      double modalities = 0.0;
      double shares = 0.0;
      for (const ModalityPart& part : why.modalities) {
        modalities += part.value;
        shares += share_of(part.value, why.score);
      }
      EXPECT_NEAR(modalities, why.score, kTolerance);
      EXPECT_NEAR(shares, 1.0, 1e-9);
    }
  }
}

TEST_F(Explain, AttentionIsTheSoftmaxOverTheHistory) {
  const Explanation why = explained(0, 3, 100, blocks_);
  ASSERT_THAT(why.drivers, SizeIs(4));
  double sum = 0.0;
  for (std::size_t k = 0; k < 4; ++k) {
    sum += why.drivers[k].weight;
    if (k > 0) {
      EXPECT_LE(why.drivers[k].weight, why.drivers[k - 1].weight);
    }
    double dot = 0.0;
    double normaliser = 0.0;
    for (const std::int32_t past : history_.row(0)) {
      double s = 0.0;
      for (Index c = 0; c < kWidth; ++c) s += static_cast<double>(items_(past, c)) * static_cast<double>(items_(3, c));
      normaliser += std::exp(s);
      if (past == why.drivers[k].item) dot = s;
    }
    EXPECT_NEAR(why.drivers[k].weight, std::exp(dot) / normaliser, kTolerance);
  }
  EXPECT_NEAR(sum, 1.0, kTolerance);
  EXPECT_THAT(explained(0, 3, 2, blocks_).drivers, SizeIs(2));
  EXPECT_THAT(explained(0, 3, 0, blocks_).drivers, IsEmpty());
}

TEST_F(Explain, LargeScoresDoNotOverflow) {
  for (Index i = 0; i < items_.size(); ++i) items_.data()[i] *= 100.0F;
  const Explanation why = explained(0, 2, 3, blocks_);
  EXPECT_TRUE(std::isfinite(why.score));
  EXPECT_NEAR(why.general + why.target, why.score, 1e-9 * std::abs(why.score));
  EXPECT_EQ(why.drivers.front().item, 2) << "an item attends to itself most here";
}

TEST_F(Explain, AModalitysPartIsThatOfItsColumnsAlone) {
  // With β = 0 a modality's part is the dot product over its columns.
  scoring_.beta = 0.0F;
  const Explanation why = explained(2, 6, 3, blocks_);
  double image = 0.0;
  for (Index c = 1; c < 4; ++c) image += static_cast<double>(users_(2, c)) * static_cast<double>(items_(6, c));
  EXPECT_THAT(why.modalities[1].value, DoubleNear(image, kTolerance));
  EXPECT_EQ(why.modalities[1].name, "image");
  EXPECT_EQ(why.target, 0.0);
}

TEST_F(Explain, ADotProductIsGeneralAlone) {
  scoring_.kind = scoring::ScoreKind::dot;
  const Explanation why = explained(0, 4, 3, {});
  EXPECT_NEAR(why.general, defined_score(0, 4), kTolerance);
  EXPECT_EQ(why.target, 0.0);
  EXPECT_THAT(why.drivers, IsEmpty());
  EXPECT_THAT(why.modalities, IsEmpty());
}

TEST_F(Explain, SimilaritiesNameTheItemsThatCarryThem) {
  const Csr similarity(kItems, kItems, {0, 2, 2, 3, 3, 3, 4, 4, 4}, {3, 6, 3, 3});
  const std::vector<float> weights{0.5F, 0.25F, 0.0F, 1.5F};
  scoring_.kind = scoring::ScoreKind::item_similarity;
  scoring_.similarity = similarity;
  scoring_.similarity_values = weights;
  const Explanation why = explained(0, 3, 5, {});
  EXPECT_NEAR(why.score, 2.0, kTolerance);
  EXPECT_NEAR(why.score, defined_score(0, 3), kTolerance);
  ASSERT_THAT(why.drivers, SizeIs(2)) << "items without similarity drive nothing";
  EXPECT_EQ(why.drivers[0].item, 5);
  EXPECT_NEAR(why.drivers[0].weight, 0.75, kTolerance);
}

TEST_F(Explain, WithoutHistoryItIsPopularity) {
  const Explanation why = explained(3, 5, 3, blocks_);
  EXPECT_EQ(why.score, 3.0);
  EXPECT_EQ(why.general, 3.0);
  EXPECT_THAT(why.drivers, IsEmpty());
}

TEST_F(Explain, WhatDoesNotFitIsRefused) {
  EXPECT_THROW(explained(4, 0, 3, blocks_), InvalidArgument);
  EXPECT_THROW(explained(0, 8, 3, blocks_), InvalidArgument);
  const std::vector<ColumnBlock> gap{{"image", 0, 2}, {"text", 3, 3}};
  EXPECT_THROW(explained(0, 0, 3, gap), InvalidArgument);
  const std::vector<ColumnBlock> few{{"image", 0, 2}};
  EXPECT_THROW(explained(0, 0, 3, few), InvalidArgument);
  scoring_.kind = scoring::ScoreKind::pairwise;
  EXPECT_THROW(explained(0, 0, 3, blocks_), DataError) << "no attention over modalities is given";
}

TEST_F(Explain, APriorIsAPartOfItsOwn) {
  const std::vector<float> prior{0.5F, -1.0F, 2.0F, 0.0F, 0.25F, 3.0F, -0.5F, 1.0F};
  const Explanation without = explained(0, 4, 3, blocks_);
  scoring_.item_prior = prior;
  const Explanation with = explained(0, 4, 3, blocks_);
  EXPECT_NEAR(with.score, without.score + 0.25, kTolerance);
  EXPECT_NEAR(with.general, without.general + 0.25, kTolerance);
  EXPECT_NEAR(with.score, defined_score(0, 4), kTolerance);
  ASSERT_EQ(with.modalities.size(), without.modalities.size() + 1);
  EXPECT_EQ(with.modalities.back().name, "popularity");
  EXPECT_EQ(with.modalities.back().value, 0.25);
  EXPECT_TRUE(explained(0, 4, 3, {}).modalities.empty());
}

}  // namespace
}  // namespace monet::rank::explain_test
