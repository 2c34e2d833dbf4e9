#pragma once

#include "monet/api/body.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace monet::api {

/// What a service counts, for Prometheus and for the operator's page. Any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// A request was answered. `route`: its pattern, never its path.
  void answered(std::string_view method, std::string_view route, int status, double seconds);
  /// A number that is asked for whenever the metrics are.
  void watch(const std::string& name, const std::string& help, std::function<double()> value);

  /// In Prometheus' text format.
  std::string text() const;
  /// {"recommendations", "similar", "errors", "refused"}.
  Json requests() const;
  /// Of recommendations: {"le": upper bounds in seconds, "count": cumulative, "p50", "p99"}; the quantiles interpolate
  /// within their bucket, null before the first request.
  Json latency() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace monet::api
