// Weights chosen without scoring again are judged as the evaluator judges them.
#include "monet/blend/choose_weights.h"

#include "monet/core/error.h"
#include "monet/eval/evaluator.h"
#include "tests/rank/blend_problem.h"

#include <gmock/gmock.h>

#include <cmath>

namespace monet::blend {
namespace {

using monet::testing::BlendProblem;
using scoring::BlendBy;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// Some items of each user, of the history and beside it, none for every fifth.
Csr some_targets(Index users, Index items) {
  Rng rng(5);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::int32_t u = 0; u < users; ++u) {
    for (Index n = 0; n < u % 5; ++n) {
      pairs.emplace_back(u, static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(items))));
    }
  }
  return Csr::from_pairs(users, items, pairs);
}

TEST(WeightGrid, IsTheSimplexInTenthsWithoutItsCorners) {
  EXPECT_EQ(weight_grid(2).size(), 9U);
  EXPECT_EQ(weight_grid(3).size(), 63U);
  for (const std::size_t parts : {2U, 3U}) {
    for (const Weights& weights : weight_grid(parts)) {
      double sum = 0.0;
      for (const double weight : weights) {
        EXPECT_GE(weight, 0.0);
        EXPECT_LT(weight, 1.0);
        sum += weight;
      }
      EXPECT_NEAR(sum, 1.0, 1e-12);
    }
  }
  EXPECT_THAT(weight_grid(2, 2), ElementsAre(ElementsAre(0.5, 0.5)));
}

TEST(WeightGrid, GivenWeightsAreDividedByTheirSum) {
  EXPECT_THAT(normalised({3, 1}, 2), ElementsAre(0.75, 0.25));
  EXPECT_THAT(normalised({2, 0, 2}, 3), ElementsAre(0.5, 0.0, 0.5));
  const auto refused = [](const Weights& weights, const std::string& why) {
    EXPECT_THAT([&] { normalised(weights, 2); }, ThrowsMessage<InvalidArgument>(HasSubstr(why)));
  };
  refused({1}, "1 `weights` for 2 artifacts");
  refused({1, 0}, "no blend");
  refused({1, -1}, "-1 is not a number from 0");
  refused({1, std::nan("")}, "nan is not");
}

TEST(ChooseWeights, EveryTrialIsWhatTheEvaluatorMeasures) {
  const BlendProblem problem(40, 120, {1, 2, 0, 5, 30});
  const Csr targets = some_targets(40, 120);
  for (const BlendBy by : {BlendBy::zscore, BlendBy::rank}) {
    scoring::Scoring blend = problem.blend({problem.attentive(), problem.by_items(), problem.dot()}, {1, 1, 1}, by);
    for (const int threads : {1, 3}) {
      ThreadPool pool(threads);
      for (const std::string metric : {"recall@20", "ndcg@5"}) {
        const WeightSearch search = choose_weights(pool, blend, targets, weight_grid(3, 4), metric);
        EXPECT_EQ(search.num_users, 32);
        ASSERT_EQ(search.alone.size(), 3U);
        ASSERT_EQ(search.blends.size(), 12U);
        for (const auto* trials : {&search.alone, &search.blends}) {
          for (const Trial& trial : *trials) {
            blend.weights = trial.weights;
            eval::EvaluateOptions options;
            options.ks = {5, 20};
            const double expected = eval::evaluate(pool, blend, targets, options).metrics.at(metric);
            EXPECT_NEAR(trial.value, expected, 1e-7) << metric;
          }
        }
        for (const Trial& trial : search.blends) EXPECT_LE(trial.value, search.blends[search.best_blend].value);
        for (const Trial& trial : search.alone) EXPECT_LE(trial.value, search.alone[search.best_alone].value);
      }
    }
  }
}

/// Two parts of which each finds the target of every other pair of users and gives it half the score of a decoy for the
/// others: only together they find all.
struct Halves {
  static constexpr Index kUsers = 80;
  static constexpr Index kItems = 60;
  Halves() : a(Matrix<float>::zeros(kUsers, kItems)), b(Matrix<float>::zeros(kUsers, kItems)), unit(kItems, kItems) {
    fill(unit.view(), 0.0F);
    std::vector<std::pair<std::int32_t, std::int32_t>> past, wanted;
    for (std::int32_t u = 0; u < kUsers; ++u) {
      past.emplace_back(u, 0);
      wanted.emplace_back(u, 1 + u % 7);
      Matrix<float>& sees = u / 2 % 2 == 0 ? a : b;
      sees(u, 1 + u % 7) = 5.0F;
      for (std::int32_t c = 20; c < 45; ++c) (u / 2 % 2 == 0 ? b : a)(u, c) = 0.1F + 0.01F * static_cast<float>(c);
    }
    for (Index c = 0; c < kItems; ++c) unit(c, c) = 1.0F;
    history = Csr::from_pairs(kUsers, kItems, past);
    targets = Csr::from_pairs(kUsers, kItems, wanted);
    popularity.assign(static_cast<std::size_t>(kItems), 1.0F);
  }
  scoring::Scoring part(const Matrix<float>& users) const {
    scoring::Scoring scoring;
    scoring.kind = scoring::ScoreKind::dot;
    scoring.user_embedding = users;
    scoring.item_embedding = unit;
    scoring.history = history;
    scoring.item_popularity = popularity;
    return scoring;
  }
  scoring::Scoring blend(const Matrix<float>& first, const Matrix<float>& second) const {
    scoring::Scoring blend = part(first);
    blend.kind = scoring::ScoreKind::blend;
    blend.parts = {part(first), part(second)};
    blend.weights = {1.0, 1.0};
    return blend;
  }
  Matrix<float> a, b, unit;
  Csr history, targets;
  std::vector<float> popularity;
};

TEST(ChooseWeights, AGainThatIsMoreThanNoiseIsCalledOne) {
  const Halves halves;
  ThreadPool pool(2);
  const WeightSearch search = choose_weights(pool, halves.blend(halves.a, halves.b), halves.targets, weight_grid(2));
  EXPECT_THAT(search.alone[search.best_alone].value, DoubleNear(0.5, 1e-9));
  EXPECT_THAT(search.blends[search.best_blend].value, DoubleNear(1.0, 1e-9));
  EXPECT_NEAR(search.gain, 0.5, 1e-9);
  EXPECT_LT(search.test.p, 1e-6);
  EXPECT_TRUE(search.gains());
}

TEST(ChooseWeights, APartBesideItselfGainsNothing) {
  const Halves halves;
  ThreadPool pool(1);
  const WeightSearch search = choose_weights(pool, halves.blend(halves.a, halves.a), halves.targets, weight_grid(2));
  EXPECT_EQ(search.gain, 0.0);
  EXPECT_FALSE(search.gains());
}

TEST(ChooseWeights, RefusesWhatItCannotJudgeBy) {
  const Halves halves;
  ThreadPool pool(1);
  const scoring::Scoring blend = halves.blend(halves.a, halves.b);
  const std::vector<Weights> grid = weight_grid(2);
  for (const std::string metric : {"recall", "auc", "coverage@20", "nothing@3"}) {
    EXPECT_THAT([&] { choose_weights(pool, blend, halves.targets, grid, metric); },
                ThrowsMessage<InvalidArgument>(HasSubstr(metric)));
  }
  const Csr none = Csr::from_pairs(Halves::kUsers, Halves::kItems, {});
  EXPECT_THAT([&] { choose_weights(pool, blend, none, grid); }, ThrowsMessage<DataError>(HasSubstr("`weights`")));
  const std::vector<Weights> of_three = weight_grid(3);
  EXPECT_THAT([&] { choose_weights(pool, blend, halves.targets, of_three); },
              ThrowsMessage<InvalidArgument>(HasSubstr("3 `weights` for 2")));
  EXPECT_THAT([&] { choose_weights(pool, blend, halves.targets, {}); },
              ThrowsMessage<InvalidArgument>(HasSubstr("no weights")));
}

}  // namespace
}  // namespace monet::blend
