// Counting.
#include "monet/api/metrics.h"

#include <gmock/gmock.h>

namespace monet::api {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, CountsByRouteAndKind) {
  Metrics metrics;
  EXPECT_TRUE(metrics.latency().at("p50").is_null());
  for (int r = 0; r < 99; ++r) metrics.answered("GET", "/v1/users/{user}/recommendations", 200, 0.0015);
  metrics.answered("GET", "/v1/users/{user}/recommendations", 200, 0.9);
  metrics.answered("GET", "/v1/items/{item}/similar", 200, 0.01);
  metrics.answered("GET", "/v1/items/{item}", 404, 0.01);
  metrics.answered("GET", "/v1/items/{item}", 503, 0.01);
  metrics.answered("GET", "/v1/items/{item}", 500, 0.01);
  EXPECT_EQ(metrics.requests(), Json::parse(R"({"recommendations": 100, "similar": 1, "errors": 1, "refused": 2})"));
  const Json latency = metrics.latency();
  EXPECT_EQ(latency.at("le").size(), latency.at("count").size());
  EXPECT_GT(latency.at("p50"), 0.001);
  EXPECT_LE(latency.at("p50"), 0.002) << "in the bucket that holds it";
  EXPECT_LE(latency.at("p99"), 0.002);
  EXPECT_EQ(latency.at("count").back(), 100);
}

TEST(Metrics, TheTextIsOfPrometheus) {
  Metrics metrics;
  metrics.answered("GET", "/v1/status", 200, 0.001);
  double value = 3.0;
  metrics.watch("monet_waiting", "Requests that wait.", [&] { return value; });
  EXPECT_THAT(metrics.text(), HasSubstr(R"(monet_requests_total{method="GET",route="/v1/status",status="200"} 1)"));
  EXPECT_THAT(metrics.text(), HasSubstr("monet_waiting 3"));
  value = 4.0;
  EXPECT_THAT(metrics.text(), HasSubstr("monet_waiting 4"));
}

}  // namespace
}  // namespace monet::api
