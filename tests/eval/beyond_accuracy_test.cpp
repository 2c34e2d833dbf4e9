#include "monet/eval/beyond_accuracy.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "monet/eval/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <variant>
#include <vector>

namespace monet::eval {
namespace {

/// Lists of one length or another, and -1 past their ends.
struct OwnedLists {
  explicit OwnedLists(const std::vector<std::vector<std::int32_t>>& rows, Index width)
      : items(static_cast<Index>(rows.size()), width) {
    fill<std::int32_t>(items, -1);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      std::copy(rows[r].begin(), rows[r].end(), items.row(static_cast<Index>(r)));
      counts.push_back(static_cast<std::int32_t>(rows[r].size()));
    }
  }
  Lists view() const { return {items, counts}; }
  Lists part(Index begin, Index end) const {
    return {items.view().row_range(begin, end - begin),
            std::span(counts).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin))};
  }

  Matrix<std::int32_t> items;
  std::vector<std::int32_t> counts;
};

Matrix<float> matrix(const std::vector<std::vector<float>>& rows) {
  Matrix<float> made(static_cast<Index>(rows.size()), static_cast<Index>(rows.front().size()));
  for (std::size_t r = 0; r < rows.size(); ++r)
    std::copy(rows[r].begin(), rows[r].end(), made.row(static_cast<Index>(r)));
  return made;
}

// Five items with 8, 4, 2, 1 and 0 training interactions of 16 users: 1, 2, 3, 4 and 4 bits.
constexpr std::array<float, 5> kInteractions = {8, 4, 2, 1, 0};
constexpr Index kTrainUsers = 16;

TEST(BeyondAccuracy, OfThreeListsByHand) {
  ThreadPool pool(1);
  const OwnedLists lists({{0, 1, 3}, {0, 4}, {}}, 3);
  // Items 0 and 1 at an angle of 45°, 0 and 3 opposite, 1 and 3 at 135°; item 4 has no features.
  const Matrix<float> image = matrix({{2, 0}, {1, 1}, {0, 1}, {-3, 0}, {0, 0}});
  const std::vector<NamedFeatures> features = {{"image", image}};
  const std::vector<Index> ks = {3, 1, 2};
  BeyondAccuracy beyond(pool, ks, kInteractions, kTrainUsers, features);
  beyond.add(pool, lists.view());
  const auto metrics = beyond.metrics();

  EXPECT_DOUBLE_EQ(metrics.at("coverage@1"), 0.2);
  EXPECT_DOUBLE_EQ(metrics.at("coverage@2"), 0.6);
  EXPECT_DOUBLE_EQ(metrics.at("coverage@3"), 0.8);
  // Counts 2, 0, 0, 0, 0; then 2, 1, 0, 0, 1; then 2, 1, 0, 1, 1: with weights −4, −2, 0, 2, 4 of the sorted ones.
  EXPECT_DOUBLE_EQ(metrics.at("gini@1"), 4.0 * 2 / (5 * 2));
  EXPECT_DOUBLE_EQ(metrics.at("gini@2"), (2.0 * 1 + 4 * 2) / (5 * 4));
  EXPECT_DOUBLE_EQ(metrics.at("gini@3"), (-2.0 * 1 + 2 * 1 + 4 * 2) / (5 * 5));
  // The empty list is left out: two users.
  EXPECT_DOUBLE_EQ(metrics.at("popularity@1"), 8.0);
  EXPECT_DOUBLE_EQ(metrics.at("popularity@2"), (6.0 + 4.0) / 2);
  EXPECT_DOUBLE_EQ(metrics.at("popularity@3"), (13.0 / 3 + 4.0) / 2);
  EXPECT_DOUBLE_EQ(metrics.at("novelty@1"), 1.0);
  EXPECT_DOUBLE_EQ(metrics.at("novelty@2"), (1.5 + 2.5) / 2);
  EXPECT_DOUBLE_EQ(metrics.at("novelty@3"), (7.0 / 3 + 2.5) / 2);
  const double root = std::sqrt(0.5);
  EXPECT_FALSE(metrics.contains("ils.image@1")) << "no list has two items";
  EXPECT_NEAR(metrics.at("ils.image@2"), (root + 0.0) / 2, 1e-15);
  EXPECT_NEAR(metrics.at("ils.image@3"), ((root - 1.0 - root) / 3 + 0.0) / 2, 1e-15);
  EXPECT_EQ(metrics.size(), 4U * 3 + 2);
}

TEST(BeyondAccuracy, HasEveryMetricOfTheListAtEveryK) {
  ThreadPool pool(1);
  const OwnedLists lists({{0, 1, 3}, {2, 4}}, 3);
  const Matrix<float> both = matrix({{1}, {2}, {3}, {4}, {5}});
  const std::vector<NamedFeatures> features = {{"image", both}, {"text", both}};
  const std::vector<Index> ks = {2, 3};
  BeyondAccuracy beyond(pool, ks, kInteractions, kTrainUsers, features);
  beyond.add(pool, lists.view());
  const auto metrics = beyond.metrics();
  std::size_t expected = 0;
  for (const Metric& metric : all_metrics()) {
    if (!metric.beyond_accuracy()) continue;
    const bool pairs = std::holds_alternative<OfPairs>(metric.rule);
    for (const char* modality : {"image", "text"}) {
      if (!pairs && modality != std::string("image")) continue;
      for (const Index k : ks) {
        const std::string name = to_string(MetricName{std::string(metric.name), pairs ? modality : "", k});
        EXPECT_TRUE(metrics.contains(name)) << name;
        ++expected;
      }
    }
  }
  EXPECT_EQ(metrics.size(), expected);
}

TEST(BeyondAccuracy, OfNoItemsAtAllSaysNothing) {
  ThreadPool pool(1);
  const std::vector<Index> ks = {2};
  BeyondAccuracy beyond(pool, ks, kInteractions, kTrainUsers, {});
  beyond.add(pool, OwnedLists({{}, {}}, 2).view());
  EXPECT_TRUE(beyond.metrics().empty());
}

TEST(BeyondAccuracy, RefusesFeaturesOfOtherItems) {
  ThreadPool pool(1);
  const Matrix<float> four = matrix({{1}, {2}, {3}, {4}});
  const std::vector<NamedFeatures> features = {{"image", four}};
  const std::vector<Index> ks = {2};
  EXPECT_THROW(BeyondAccuracy(pool, ks, kInteractions, kTrainUsers, features), InvalidArgument);
}

struct RandomLists {
  RandomLists() : features(kItems, 150) {
    Rng rng(5);
    for (Index i = 0; i < features.size(); ++i) features.data()[i] = static_cast<float>(rng.uniform(-1.0, 1.0));
    for (const Index zero : {3, 17}) std::fill_n(features.row(zero), features.cols(), 0.0F);
    std::vector<std::int32_t> order(kItems);
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t r = 0; r < 61; ++r) {
      std::shuffle(order.begin(), order.end(), rng);
      rows.emplace_back(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(r % 12));
    }
    for (Index i = 0; i < kItems; ++i) interactions.push_back(static_cast<float>(i % 7));
  }

  static constexpr Index kItems = 40;
  Matrix<float> features;
  std::vector<std::vector<std::int32_t>> rows;
  std::vector<float> interactions;
};

// Pair by pair, where the class adds up unit vectors, block of columns by block.
TEST(BeyondAccuracy, SimilarityIsWhatPairByPairGives) {
  const RandomLists random;
  const auto cosine = [&](std::int32_t a, std::int32_t b) {
    double dot = 0.0, x = 0.0, y = 0.0;
    for (Index c = 0; c < random.features.cols(); ++c) {
      const auto p = static_cast<double>(random.features(a, c)), q = static_cast<double>(random.features(b, c));
      dot += p * q, x += p * p, y += q * q;
    }
    return x > 0.0 && y > 0.0 ? dot / std::sqrt(x * y) : 0.0;
  };
  ThreadPool pool(2);
  const OwnedLists lists(random.rows, 12);
  const std::vector<Index> ks = {20, 5};
  Matrix<double> got(lists.items.rows(), 2);
  ListSimilarity(pool, random.features).of_lists(pool, lists.view(), ks, got);
  for (std::size_t r = 0; r < random.rows.size(); ++r) {
    for (std::size_t n = 0; n < ks.size(); ++n) {
      const auto& row = random.rows[r];
      const std::size_t length = std::min(row.size(), static_cast<std::size_t>(ks[n]));
      double sum = 0.0, pairs = 0.0;
      for (std::size_t i = 0; i < length; ++i) {
        for (std::size_t j = i + 1; j < length; ++j) sum += cosine(row[i], row[j]), pairs += 1.0;
      }
      const double value = got(static_cast<Index>(r), static_cast<Index>(n));
      if (pairs == 0.0) {
        EXPECT_TRUE(std::isnan(value));
      } else {
        EXPECT_NEAR(value, sum / pairs, 1e-14) << "list " << r << " at " << ks[n];
      }
    }
  }
}

TEST(BeyondAccuracy, IsTheSameBitsForAnyThreadsAndParts) {
  const RandomLists random;
  const OwnedLists lists(random.rows, 12);
  const std::vector<NamedFeatures> features = {{"image", random.features}};
  const std::vector<Index> ks = {10, 3};
  const auto run = [&](int threads, const std::vector<Index>& ends) {
    ThreadPool pool(threads);
    BeyondAccuracy beyond(pool, ks, random.interactions, 50, features);
    Index begin = 0;
    for (const Index end : ends) beyond.add(pool, lists.part(begin, end)), begin = end;
    return beyond.metrics();
  };
  const auto expected = run(1, {61});
  EXPECT_EQ(expected.size(), 10U);
  EXPECT_EQ(run(2, {61}), expected);
  EXPECT_EQ(run(4, {61}), expected);
  EXPECT_EQ(run(3, {0, 7, 40, 61}), expected);
}

}  // namespace
}  // namespace monet::eval
