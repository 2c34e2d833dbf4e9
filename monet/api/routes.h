#pragma once

#include "monet/api/route.h"
#include "monet/api/service.h"

#include <vector>

namespace monet::api {

/// What routes answer with.
struct Routes {
  serve::Engine& engine;
  serve::WorkQueue& queue;
  Metrics& metrics;
  const ServiceOptions& options;
  const std::atomic<bool>& ready;
  std::int64_t started;

  std::vector<Route> recommendations();
  std::vector<Route> items();
  std::vector<Route> interactions();
  std::vector<Route> users();
  std::vector<Route> operations();
  std::vector<Route> gorse();
};

}  // namespace monet::api
