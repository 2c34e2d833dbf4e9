#include "monet/eval/metric_name.h"

#include "monet/eval/metrics.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace monet::eval {
namespace {

TEST(MetricName, HasAMetricAModalityAndAK) {
  EXPECT_EQ(parse_metric_name("recall@20"), (MetricName{"recall", "", 20}));
  EXPECT_EQ(parse_metric_name("ils.image@5"), (MetricName{"ils", "image", 5}));
  EXPECT_EQ(parse_metric_name("ils.my@home.v2@5"), (MetricName{"ils", "my@home.v2", 5}));
  EXPECT_EQ(parse_metric_name("auc"), (MetricName{"auc", "", 0}));
  EXPECT_EQ(parse_metric_name("ils.text"), (MetricName{"ils", "text", 0}));
  EXPECT_EQ(at_k("ndcg", 10), "ndcg@10");
}

TEST(MetricName, IsWrittenAsItWasRead) {
  for (const char* text : {"recall@20", "ils.image@5", "auc", "", "@", "@7", "a@", "a@x", "a@1x", "a@0", "a@-3", "a@+3",
                           "a@007", "a@99999999999999999999", "a.", ".b@1", "a.b.c@1", "a@1@2"}) {
    EXPECT_EQ(to_string(parse_metric_name(text)), text);
  }
  EXPECT_EQ(parse_metric_name("a@007").k, 0);
  EXPECT_EQ(parse_metric_name("a@99999999999999999999").metric, "a@99999999999999999999");
}

TEST(MetricName, IsOrderedAsTheListThenByModalityAndK) {
  std::vector<MetricName> names;
  for (const char* text : {"zebra@1", "ils.text@5", "mrr@10", "ils.image@10", "recall@20", "apple", "ils.image@5",
                           "recall@5", "coverage@5"}) {
    names.push_back(parse_metric_name(text));
  }
  std::sort(names.begin(), names.end(), ByPlace());
  std::vector<std::string> ordered;
  for (const MetricName& name : names) ordered.push_back(to_string(name));
  EXPECT_THAT(ordered, ::testing::ElementsAre("recall@5", "recall@20", "mrr@10", "coverage@5", "ils.image@5",
                                              "ils.image@10", "ils.text@5", "apple", "zebra@1"));
}

}  // namespace
}  // namespace monet::eval
