#include "monet/eval/metrics.h"

#include "monet/core/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace monet::eval {
namespace {

using Hits = std::vector<std::uint8_t>;

// Discounts of ranks 1 to 5: 1, 0.6309298, 0.5, 0.4306766, 0.3868528.
constexpr double kD2 = 0.63092975357145743;
constexpr double kD3 = 0.5;
constexpr double kD5 = 0.38685280723454163;

TEST(Metrics, OfThreeHitsAmongFourTargets) {
  const Hits hits = {0, 1, 1, 0, 1};
  EXPECT_DOUBLE_EQ(value(Metric::recall, hits, 4, 5), 0.75);
  EXPECT_DOUBLE_EQ(value(Metric::precision, hits, 4, 5), 0.6);
  EXPECT_DOUBLE_EQ(value(Metric::hit, hits, 4, 5), 1.0);
  EXPECT_DOUBLE_EQ(value(Metric::ndcg, hits, 4, 5), (kD2 + kD3 + kD5) / (1.0 + kD2 + kD3 + 1.0 / std::log2(5.0)));
  EXPECT_DOUBLE_EQ(value(Metric::ndcg_paper, hits, 4, 5), (kD2 + kD3 + kD5) / (1.0 + kD2 + kD3));
  EXPECT_DOUBLE_EQ(value(Metric::map, hits, 4, 5), (1.0 / 2.0 + 2.0 / 3.0 + 3.0 / 5.0) / 4.0);
  EXPECT_DOUBLE_EQ(value(Metric::mrr, hits, 4, 5), 0.5);
}

TEST(Metrics, AtASmallerKCountOnlyTheFirstK) {
  const Hits hits = {0, 1, 1, 0, 1};
  EXPECT_DOUBLE_EQ(value(Metric::recall, hits, 4, 2), 0.25);
  EXPECT_DOUBLE_EQ(value(Metric::precision, hits, 4, 2), 0.5);
  EXPECT_DOUBLE_EQ(value(Metric::ndcg, hits, 4, 2), kD2 / (1.0 + kD2));
  // The paper's ideal sorts all five entries: three hits, of which K = 2 places are filled.
  EXPECT_DOUBLE_EQ(value(Metric::ndcg_paper, hits, 4, 2), kD2 / (1.0 + kD2));
  EXPECT_DOUBLE_EQ(value(Metric::ndcg_paper, {Hits{1, 0, 0, 0, 1}}, 4, 2), 1.0 / (1.0 + kD2));
  EXPECT_DOUBLE_EQ(value(Metric::map, hits, 4, 2), 0.5 / 2.0);
  EXPECT_DOUBLE_EQ(value(Metric::hit, hits, 4, 1), 0.0);
  EXPECT_DOUBLE_EQ(value(Metric::mrr, hits, 4, 1), 0.0);
}

TEST(Metrics, OfAListShorterThanK) {
  const Hits hits = {0, 0, 1};
  EXPECT_DOUBLE_EQ(value(Metric::precision, hits, 1, 20), 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(value(Metric::recall, hits, 2, 20), 0.5);
  EXPECT_DOUBLE_EQ(value(Metric::ndcg, hits, 2, 20), kD3 / (1.0 + kD2));
  EXPECT_DOUBLE_EQ(value(Metric::ndcg_paper, hits, 2, 20), kD3);
  EXPECT_DOUBLE_EQ(value(Metric::map, hits, 2, 20), (1.0 / 3.0) / 2.0);
  EXPECT_DOUBLE_EQ(value(Metric::mrr, hits, 2, 20), 1.0 / 3.0);
}

// One hit at rank 1 out of five tests: the paper's NDCG is 1, and [1,0,0] beats [1,0,1].
TEST(Metrics, PaperNdcgIsInflatedAsDescribed) {
  EXPECT_DOUBLE_EQ(value(Metric::ndcg_paper, Hits{1, 0, 0}, 5, 3), 1.0);
  EXPECT_LT(value(Metric::ndcg_paper, Hits{1, 0, 1}, 5, 3), 1.0);
  EXPECT_LT(value(Metric::ndcg, Hits{1, 0, 0}, 5, 3), value(Metric::ndcg, Hits{1, 0, 1}, 5, 3));
}

TEST(Metrics, AreZeroWithoutHitsOrCandidates) {
  for (const Metric metric : kMetrics) {
    EXPECT_EQ(value(metric, Hits{0, 0, 0}, 2, 3), 0.0) << to_string(metric);
    EXPECT_EQ(value(metric, Hits{}, 2, 3), 0.0) << to_string(metric);
  }
}

TEST(Metrics, RefuseNoTargetsAndNoK) {
  EXPECT_THROW(value(Metric::recall, Hits{1}, 0, 3), InvalidArgument);
  EXPECT_THROW(value(Metric::recall, Hits{1}, 1, 0), InvalidArgument);
}

}  // namespace
}  // namespace monet::eval
