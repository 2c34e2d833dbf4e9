#include "monet/eval/metrics.h"

#include "monet/core/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string_view>
#include <variant>
#include <vector>

namespace monet::eval {
namespace {

using Hits = std::vector<std::uint8_t>;

double value_of(std::string_view name, const Hits& hits, Index num_targets, Index k) {
  return value(*find_metric(name), hits, num_targets, k);
}

double of_counts(std::string_view name, const std::vector<Index>& counts) {
  return std::get<OfCounts>(find_metric(name)->rule)(counts);
}

// Discounts of ranks 1 to 5: 1, 0.6309298, 0.5, 0.4306766, 0.3868528.
constexpr double kD2 = 0.63092975357145743;
constexpr double kD3 = 0.5;
constexpr double kD5 = 0.38685280723454163;

TEST(Metrics, OfThreeHitsAmongFourTargets) {
  const Hits hits = {0, 1, 1, 0, 1};
  EXPECT_DOUBLE_EQ(value_of("recall", hits, 4, 5), 0.75);
  EXPECT_DOUBLE_EQ(value_of("precision", hits, 4, 5), 0.6);
  EXPECT_DOUBLE_EQ(value_of("hit", hits, 4, 5), 1.0);
  EXPECT_DOUBLE_EQ(value_of("ndcg", hits, 4, 5), (kD2 + kD3 + kD5) / (1.0 + kD2 + kD3 + 1.0 / std::log2(5.0)));
  EXPECT_DOUBLE_EQ(value_of("ndcg_paper", hits, 4, 5), (kD2 + kD3 + kD5) / (1.0 + kD2 + kD3));
  EXPECT_DOUBLE_EQ(value_of("map", hits, 4, 5), (1.0 / 2.0 + 2.0 / 3.0 + 3.0 / 5.0) / 4.0);
  EXPECT_DOUBLE_EQ(value_of("mrr", hits, 4, 5), 0.5);
}

TEST(Metrics, AtASmallerKCountOnlyTheFirstK) {
  const Hits hits = {0, 1, 1, 0, 1};
  EXPECT_DOUBLE_EQ(value_of("recall", hits, 4, 2), 0.25);
  EXPECT_DOUBLE_EQ(value_of("precision", hits, 4, 2), 0.5);
  EXPECT_DOUBLE_EQ(value_of("ndcg", hits, 4, 2), kD2 / (1.0 + kD2));
  // The paper's ideal sorts all five entries: three hits, of which K = 2 places are filled.
  EXPECT_DOUBLE_EQ(value_of("ndcg_paper", hits, 4, 2), kD2 / (1.0 + kD2));
  EXPECT_DOUBLE_EQ(value_of("ndcg_paper", {Hits{1, 0, 0, 0, 1}}, 4, 2), 1.0 / (1.0 + kD2));
  EXPECT_DOUBLE_EQ(value_of("map", hits, 4, 2), 0.5 / 2.0);
  EXPECT_DOUBLE_EQ(value_of("hit", hits, 4, 1), 0.0);
  EXPECT_DOUBLE_EQ(value_of("mrr", hits, 4, 1), 0.0);
}

TEST(Metrics, OfAListShorterThanK) {
  const Hits hits = {0, 0, 1};
  EXPECT_DOUBLE_EQ(value_of("precision", hits, 1, 20), 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(value_of("recall", hits, 2, 20), 0.5);
  EXPECT_DOUBLE_EQ(value_of("ndcg", hits, 2, 20), kD3 / (1.0 + kD2));
  EXPECT_DOUBLE_EQ(value_of("ndcg_paper", hits, 2, 20), kD3);
  EXPECT_DOUBLE_EQ(value_of("map", hits, 2, 20), (1.0 / 3.0) / 2.0);
  EXPECT_DOUBLE_EQ(value_of("mrr", hits, 2, 20), 1.0 / 3.0);
}

// One hit at rank 1 out of five tests: the paper's NDCG is 1, and [1,0,0] beats [1,0,1].
TEST(Metrics, PaperNdcgIsInflatedAsDescribed) {
  EXPECT_DOUBLE_EQ(value_of("ndcg_paper", Hits{1, 0, 0}, 5, 3), 1.0);
  EXPECT_LT(value_of("ndcg_paper", Hits{1, 0, 1}, 5, 3), 1.0);
  EXPECT_LT(value_of("ndcg", Hits{1, 0, 0}, 5, 3), value_of("ndcg", Hits{1, 0, 1}, 5, 3));
}

TEST(Metrics, AreZeroWithoutHitsOrCandidates) {
  Index metrics = 0;
  for (const Metric& metric : all_metrics()) {
    if (!std::holds_alternative<OfHits>(metric.rule)) continue;
    EXPECT_EQ(value(metric, Hits{0, 0, 0}, 2, 3), 0.0) << metric.name;
    EXPECT_EQ(value(metric, Hits{}, 2, 3), 0.0) << metric.name;
    ++metrics;
  }
  EXPECT_EQ(metrics, 7);
}

TEST(Metrics, RefuseNoTargetsAndNoK) {
  EXPECT_THROW(value_of("recall", Hits{1}, 0, 3), InvalidArgument);
  EXPECT_THROW(value_of("recall", Hits{1}, 1, 0), InvalidArgument);
  EXPECT_THROW(value_of("gini", Hits{1}, 1, 1), InvalidArgument);
}

TEST(Metrics, CoverageIsTheShareOfItemsInSomeList) {
  EXPECT_DOUBLE_EQ(of_counts("coverage", {0, 3, 0, 1}), 0.5);
  EXPECT_DOUBLE_EQ(of_counts("coverage", {1, 1, 1, 1}), 1.0);
}

// Counts 1, 1, 2, 4 of four items: (−3·1 − 1·1 + 1·2 + 3·4) / (4 · 8) = 10/32.
TEST(Metrics, GiniIsZeroWhenEvenAndNearOneWhenOneItemHasAll) {
  EXPECT_DOUBLE_EQ(of_counts("gini", {2, 1, 4, 1}), 0.3125);
  EXPECT_DOUBLE_EQ(of_counts("gini", {3, 3, 3, 3, 3}), 0.0);
  EXPECT_DOUBLE_EQ(of_counts("gini", {0, 0, 7, 0}), 0.75) << "1 − 1/I";
  std::vector<Index> one(1000, 0);
  one[3] = 5;
  EXPECT_DOUBLE_EQ(of_counts("gini", one), 0.999);
}

TEST(Metrics, NoveltyIsTheBitsOfAShare) {
  const OfItem novelty = std::get<OfItem>(find_metric("novelty")->rule);
  EXPECT_DOUBLE_EQ(novelty(4.0, 64.0), 4.0);
  EXPECT_DOUBLE_EQ(novelty(64.0, 64.0), 0.0);
  EXPECT_DOUBLE_EQ(novelty(1.0, 64.0), 6.0);
  EXPECT_DOUBLE_EQ(novelty(0.0, 64.0), 6.0) << "as if one user had it";
  EXPECT_DOUBLE_EQ(std::get<OfItem>(find_metric("popularity")->rule)(4.0, 64.0), 4.0);
}

TEST(Metrics, AreListedOnceEachWithNameAndTitle) {
  std::set<std::string_view> names;
  for (const Metric& metric : all_metrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_EQ(metric.name.find_first_of("@. "), std::string_view::npos) << metric.name;
    EXPECT_FALSE(metric.title.empty()) << metric.name;
    EXPECT_EQ(find_metric(metric.name), &metric);
    // Tables and sweeps take the largest value of what is accuracy for the best.
    EXPECT_TRUE(metric.beyond_accuracy() || metric.better == Better::larger) << metric.name;
  }
  EXPECT_EQ(find_metric("recal"), nullptr);
  EXPECT_EQ(place_of("recal"), all_metrics().size());
  EXPECT_EQ(find_metric("gini")->explanation(),
            "how unevenly the items are recommended: 0 all alike, near 1 a few only; less is better");
  EXPECT_EQ(find_metric("popularity")->explanation(), "training interactions of a recommended item");
}

}  // namespace
}  // namespace monet::eval
