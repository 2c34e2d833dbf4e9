#include "monet/api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>

namespace monet::api {

namespace {

// Seconds: from what a ranking of a small shop takes to what nobody waits for.
constexpr std::array<double, 15> kBounds{0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032,
                                         0.064,   0.128,  0.256, 0.512, 1,     2,     4};

std::vector<double> bounds() {
  return {kBounds.begin(), kBounds.end()};
}

bool recommends(std::string_view route) {
  return route.find("recommend") != std::string_view::npos;
}

}  // namespace

struct Metrics::State {
  struct Watched {
    prometheus::Gauge* gauge;
    std::function<double()> value;
  };

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter().Name("monet_requests_total").Help("Requests by route and status.").Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds = prometheus::BuildHistogram()
                                                           .Name("monet_request_seconds")
                                                           .Help("Time from a request's last byte to its answer.")
                                                           .Register(registry);
  prometheus::Histogram& recommendations = seconds.Add({{"work", "recommendations"}}, bounds());
  prometheus::Histogram& others = seconds.Add({{"work", "other"}}, bounds());
  std::atomic<std::uint64_t> recommended = 0;
  std::atomic<std::uint64_t> similar = 0;
  std::atomic<std::uint64_t> errors = 0;
  std::atomic<std::uint64_t> refused = 0;
  mutable std::mutex mutex;
  std::vector<Watched> watched;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::answered(std::string_view method, std::string_view route, int status, double seconds) {
  state_->requests
      .Add({{"method", std::string(method)}, {"route", std::string(route)}, {"status", std::to_string(status)}})
      .Increment();
  if (status >= 500 && status != 503) ++state_->errors;
  if (status >= 400 && (status < 500 || status == 503)) ++state_->refused;
  if (status >= 400) return;
  if (recommends(route)) {
    ++state_->recommended;
    state_->recommendations.Observe(seconds);
  } else {
    if (route.ends_with("/similar")) ++state_->similar;
    state_->others.Observe(seconds);
  }
}

void Metrics::watch(const std::string& name, const std::string& help, std::function<double()> value) {
  prometheus::Gauge& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry).Add({});
  const std::lock_guard lock(state_->mutex);
  state_->watched.push_back({&gauge, std::move(value)});
}

std::string Metrics::text() const {
  const std::lock_guard lock(state_->mutex);
  for (const State::Watched& watched : state_->watched) watched.gauge->Set(watched.value());
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

Json Metrics::requests() const {
  return {{"recommendations", state_->recommended.load()},
          {"similar", state_->similar.load()},
          {"errors", state_->errors.load()},
          {"refused", state_->refused.load()}};
}

Json Metrics::latency() const {
  const prometheus::ClientMetric::Histogram histogram = state_->recommendations.Collect().histogram;
  std::vector<std::uint64_t> counts;
  for (const auto& bucket : histogram.bucket) counts.push_back(bucket.cumulative_count);
  const auto quantile = [&](double q) {
    const double rank = q * static_cast<double>(histogram.sample_count);
    if (histogram.sample_count == 0) return Json();
    for (std::size_t b = 0; b < kBounds.size(); ++b) {
      const auto upto = static_cast<double>(counts[b]);
      if (upto < rank) continue;
      const double before = b == 0 ? 0.0 : static_cast<double>(counts[b - 1]);
      const double least = b == 0 ? 0.0 : kBounds[b - 1];
      return Json(least + (kBounds[b] - least) * (rank - before) / std::max(upto - before, 1.0));
    }
    return Json(kBounds.back());
  };
  counts.resize(kBounds.size());
  return {{"le", kBounds}, {"count", counts}, {"p50", quantile(0.5)}, {"p99", quantile(0.99)}};
}

}  // namespace monet::api
