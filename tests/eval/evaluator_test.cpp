#include "monet/eval/evaluator.h"

#include "monet/core/error.h"
#include "monet/eval/metrics.h"
#include "monet/rank/rank.h"
#include "monet/rank/scores.h"
#include "tests/rank/problem.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <variant>
#include <vector>

namespace monet::eval {
namespace {

using monet::testing::Problem;

/// Everything by brute force from whole rows of scores: metrics of one user, in the order of the evaluator's names.
std::vector<double> brute_force(const Problem& problem, const Csr& targets, const EvaluateOptions& options,
                                Index user) {
  ThreadPool pool(1);
  const std::vector<std::int32_t> users = {static_cast<std::int32_t>(user)};
  const Matrix<float> scores = rank::score_matrix(pool, problem.items(), problem.queries(users), options.tiles);
  std::set<std::int32_t> masked(problem.history.row(user).begin(), problem.history.row(user).end());
  for (const CsrView& mask : options.masks) masked.insert(mask.row(user).begin(), mask.row(user).end());
  std::vector<std::int32_t> candidates;
  for (std::int32_t c = 0; c < scores.cols(); ++c) {
    if (!masked.contains(c)) candidates.push_back(c);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](std::int32_t a, std::int32_t b) { return scores(0, a) > scores(0, b); });
  std::vector<std::uint8_t> hits;
  double better = 0.0, pairs = 0.0;
  for (const std::int32_t c : candidates) hits.push_back(targets.contains(user, c) ? 1 : 0);
  for (const std::int32_t p : candidates) {
    for (const std::int32_t n : candidates) {
      if (!targets.contains(user, p) || targets.contains(user, n)) continue;
      pairs += 1.0;
      better += scores(0, p) > scores(0, n) ? 1.0 : scores(0, p) == scores(0, n) ? 0.5 : 0.0;
    }
  }
  hits.resize(std::min(hits.size(), static_cast<std::size_t>(*std::max_element(options.ks.begin(), options.ks.end()))));
  std::vector<double> out;
  for (const Metric& metric : all_metrics()) {
    if (!std::holds_alternative<OfHits>(metric.rule)) continue;
    for (const Index k : options.ks) out.push_back(value(metric, hits, targets.degree(user), k));
  }
  out.push_back(better / pairs);
  return out;
}

void expect_brute_force(const EvaluateOptions& options, int threads) {
  const Problem problem(40, 80, 6, 0.6, {1, 2, 0, 5, 62, 79});
  const Problem held_out(40, 80, 6, 0.6, {3, 1, 0, 8});
  EvaluateOptions all = options;
  all.per_user = true;
  all.auc = true;
  ThreadPool pool(threads);
  const Evaluation evaluation = evaluate(pool, problem.scoring, held_out.history, all);
  ASSERT_EQ(evaluation.num_users, 30);
  std::vector<double> sums(evaluation.names.size(), 0.0);
  Index popular = 0;
  Index num_auc = 0;
  for (Index r = 0; r < evaluation.num_users; ++r) {
    const std::int32_t user = evaluation.users[static_cast<std::size_t>(r)];
    popular += problem.history.degree(user) == 0 ? 1 : 0;
    const auto expected = brute_force(problem, held_out.history, options, user);
    ASSERT_EQ(expected.size(), evaluation.names.size());
    num_auc += std::isnan(expected.back()) ? 0 : 1;
    for (std::size_t c = 0; c < expected.size(); ++c) {
      const double got = evaluation.per_user(r, static_cast<Index>(c));
      if (std::isnan(expected[c])) {
        EXPECT_TRUE(std::isnan(got)) << evaluation.names[c] << " of user " << user;
      } else {
        EXPECT_DOUBLE_EQ(got, expected[c]) << evaluation.names[c] << " of user " << user;
        sums[c] += expected[c];
      }
    }
  }
  EXPECT_EQ(evaluation.num_popular, popular);
  EXPECT_GT(popular, 0);
  EXPECT_EQ(evaluation.num_auc, num_auc);
  EXPECT_LT(num_auc, 30);
  for (std::size_t c = 0; c + 1 < sums.size(); ++c) {
    EXPECT_DOUBLE_EQ(evaluation.metrics.at(evaluation.names[c]), sums[c] / 30.0) << evaluation.names[c];
  }
  EXPECT_DOUBLE_EQ(evaluation.metrics.at("auc"), sums.back() / static_cast<double>(num_auc));
}

TEST(Evaluate, IsWhatBruteForceGives) {
  for (const int threads : {1, 2, 3}) expect_brute_force({}, threads);
  EvaluateOptions options;
  options.ks = {1, 3, 50};
  options.tiles = {17, 4};
  expect_brute_force(options, 2);
}

TEST(Evaluate, MasksAnotherSplitWhenAsked) {
  const Problem validation(40, 80, 6, 0.6, {4, 0, 2});
  EvaluateOptions options;
  options.masks = {validation.history};
  expect_brute_force(options, 1);
}

TEST(Evaluate, IsTheSameBitsForAnyThreads) {
  const Problem problem(200, 150, 8, 0.6, {1, 2, 3, 0, 40});
  const Problem held_out(200, 150, 8, 0.6, {2, 1});
  ThreadPool one(1);
  EvaluateOptions options;
  options.auc = true;
  const Evaluation expected = evaluate(one, problem.scoring, held_out.history, options);
  EXPECT_EQ(expected.metrics.size(), 15U);
  for (const int threads : {2, 4}) {
    ThreadPool pool(threads);
    EXPECT_EQ(evaluate(pool, problem.scoring, held_out.history, options).metrics, expected.metrics);
  }
}

// The lists are those of `rank`, of the users with a target only; the other figures stay what they are.
TEST(Evaluate, LooksBeyondAccuracyWhenAsked) {
  const Problem problem(60, 50, 6, 0.6, {1, 2, 0, 5, 46, 49});
  const Problem held_out(60, 50, 6, 0.6, {2, 0, 1});
  Matrix<float> image(50, 3);
  for (Index i = 0; i < image.size(); ++i) image.data()[i] = static_cast<float>(i * 37 % 11) - 4.0F;
  ThreadPool pool(2);
  EvaluateOptions options;
  options.ks = {3, 10};
  const Evaluation plain = evaluate(pool, problem.scoring, held_out.history, options);
  options.beyond_accuracy = true;
  options.features = {{"image", image}};
  Evaluation both = evaluate(pool, problem.scoring, held_out.history, options);

  std::vector<std::int32_t> users;
  for (std::int32_t u = 0; u < 60; ++u) {
    if (held_out.history.degree(u) > 0) users.push_back(u);
  }
  rank::RankOptions ranking_options;
  ranking_options.k = 10;
  const rank::Ranking ranking = rank::rank(pool, problem.items(), problem.queries(users), ranking_options);
  BeyondAccuracy beyond(pool, options.ks, problem.scoring.item_popularity, 60, options.features);
  beyond.add(pool, {ranking.items, ranking.counts});
  const auto expected = beyond.metrics();
  EXPECT_EQ(expected.size(), 10U);
  for (const auto& [name, value] : expected) {
    EXPECT_EQ(both.metrics.at(name), value) << name;
    both.metrics.erase(name);
  }
  EXPECT_EQ(both.metrics, plain.metrics);
}

TEST(Evaluate, RefusesWhatDoesNotFit) {
  const Problem problem(5, 10, 2, 0.5, {2});
  const Problem other(6, 10, 2, 0.5, {1});
  const Csr nothing(5, 10);
  ThreadPool pool(1);
  EXPECT_THROW(evaluate(pool, problem.scoring, other.history), InvalidArgument);
  EXPECT_THROW(evaluate(pool, problem.scoring, nothing), DataError);
  EvaluateOptions options;
  options.ks = {10, 0};
  EXPECT_THROW(evaluate(pool, problem.scoring, problem.history, options), InvalidArgument);
  options.ks = {};
  EXPECT_THROW(evaluate(pool, problem.scoring, problem.history, options), InvalidArgument);
}

}  // namespace
}  // namespace monet::eval
