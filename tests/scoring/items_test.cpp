#include "monet/scoring/items.h"

#include "monet/core/error.h"
#include "tests/rank/problem.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <vector>

namespace monet::scoring {
namespace {

using monet::testing::Problem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Throws;
using ::testing::ThrowsMessage;

auto opened(const Scoring& scoring) {
  return [scoring] { const Items items(scoring); };
}

TEST(Items, AreOrderedByPopularityTiesByItem) {
  Problem problem(4, 6, 3, 0.5, {2});
  problem.popularity = {1, 4, 1, 0, 4, 9};
  problem.scoring.item_popularity = problem.popularity;
  EXPECT_THAT(problem.items().by_popularity(), ElementsAre(5, 1, 4, 0, 2, 3));
}

TEST(Items, KnowTheirNorms) {
  Problem problem(4, 3, 2, 0.5, {2});
  fill(problem.item_memory.view(), 0.0F);
  problem.item_memory(1, 2) = 3.0F;
  problem.item_memory(1, 3) = -4.0F;
  problem.item_memory(2, 2) = 2.0F;
  const Items items = problem.items();
  EXPECT_THAT(items.square_norms(), ElementsAre(0.0, 25.0, 4.0));
  EXPECT_EQ(items.largest_norm(), 5.0);
  EXPECT_EQ(items.size(), 3);
  EXPECT_EQ(items.width(), 2);
}

TEST(Items, OfEmbeddingsThatDoNotFitAreRefused) {
  Problem problem(4, 10, 3, 0.5, {2});
  Scoring fewer = problem.scoring;
  fewer.item_embedding = fewer.item_embedding.row_range(0, 9);
  EXPECT_THAT(opened(fewer), ThrowsMessage<DataError>(HasSubstr("10 items, scores for 9")));
  for (const float beta : {-0.1F, 1.5F, std::numeric_limits<float>::quiet_NaN()}) {
    Scoring wrong = problem.scoring;
    wrong.beta = beta;
    EXPECT_THAT(opened(wrong), ThrowsMessage<DataError>(HasSubstr("beta")));
  }
  problem.item_memory(3, 3) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(opened(problem.scoring), ThrowsMessage<DataError>(HasSubstr("item embedding 3")));
  problem.item_memory(3, 3) = std::numeric_limits<float>::infinity();
  EXPECT_THAT(opened(problem.scoring), ThrowsMessage<DataError>(HasSubstr("item embedding 3")));
  problem.item_memory(3, 3) = 1e20F;
  EXPECT_THAT(opened(problem.scoring), ThrowsMessage<DataError>(HasSubstr("overflow")));
}

TEST(Items, OfSimilaritiesThatDoNotFitAreRefused) {
  Problem problem(4, 3, 2, 0.5, {2});
  const std::vector<Index> indptr = {0, 1, 2, 2};
  std::vector<std::int32_t> indices = {2, 0};
  std::vector<float> values = {0.5F, 1.0F};
  problem.scoring.kind = ScoreKind::item_similarity;
  problem.scoring.similarity = {3, 3, indptr, indices};
  problem.scoring.similarity_values = values;
  EXPECT_EQ(problem.items().size(), 3);
  values[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(opened(problem.scoring), ThrowsMessage<DataError>(HasSubstr("not finite")));
  values[1] = 1.0F;
  indices[0] = 3;
  EXPECT_THAT(opened(problem.scoring), ThrowsMessage<DataError>(HasSubstr("names item 3")));
  indices[0] = 2;
  problem.scoring.similarity_values = problem.scoring.similarity_values.first(1);
  EXPECT_THAT(opened(problem.scoring), Throws<DataError>());
}

TEST(Items, OfAttentionThatDoesNotFitAreRefused) {
  Problem problem(4, 3, 4, 0.5, {2});
  problem.scoring.kind = ScoreKind::pairwise;
  EXPECT_THAT(opened(problem.scoring), Throws<DataError>()) << "no attention at all";
  Matrix<float> weight = Matrix<float>::zeros(3, 2);
  std::vector<float> bias(3, 0.5F), vector(3, 1.0F);
  problem.scoring.attention = {weight, bias, vector};
  EXPECT_EQ(problem.items().attention().weight.rows, 3);
  problem.scoring.attention.bias = std::span(bias).first(2);
  EXPECT_THAT(opened(problem.scoring), Throws<DataError>());
  problem.scoring.attention.bias = bias;
  for (float* value : {&weight(1, 1), &bias[2], &vector[0]}) {
    const float before = *value;
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), 1e30F}) {
      *value = bad;
      EXPECT_THAT(opened(problem.scoring), ThrowsMessage<DataError>(HasSubstr("attention")));
    }
    *value = before;
  }
}

TEST(Items, OfPriorsThatDoNotFitAreRefused) {
  Problem problem(4, 10, 3, 0.5, {2});
  Scoring scoring = problem.scoring;
  std::vector<float> prior(10, 1.0F);
  scoring.item_prior = prior;
  EXPECT_EQ(Items(scoring).prior().size(), 10U);
  scoring.item_prior = std::span<const float>(prior).first(9);
  EXPECT_THAT(opened(scoring), ThrowsMessage<DataError>(HasSubstr("9 priors of 10 items")));
  scoring.item_prior = prior;
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), 1e30F}) {
    prior[3] = bad;
    EXPECT_THAT(opened(scoring), ThrowsMessage<DataError>(HasSubstr("the prior of item 3 is")));
  }
}

}  // namespace
}  // namespace monet::scoring
