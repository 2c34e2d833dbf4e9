#pragma once

#include "monet/api/keys.h"
#include "monet/api/metrics.h"
#include "monet/api/route.h"
#include "monet/http/request.h"
#include "monet/http/server.h"
#include "monet/serve/engine.h"
#include "monet/serve/work_queue.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace monet::api {

/// A file of the page, from memory.
struct Page {
  std::string path;  // "/", "/shop.js"
  std::string content_type;
  std::shared_ptr<const std::string> bytes;
  std::string etag;
};

struct ServiceOptions {
  Keys keys = {};                         // none: everybody may do everything
  std::vector<std::string> origins = {};  // whose pages may ask from a browser; "*": any
  std::filesystem::path pictures = {};    // the folder that items' pictures are relative to; empty: none are shown
  std::vector<Page> pages = {};
  std::string page_policy = {};  // their Content-Security-Policy
  serve::QueueOptions queue = {};
  /// Starts a training beside the service, false where one runs; and how it stands, as JSON. None: there is no such
  /// route.
  std::function<bool()> retrain = {};
  std::function<std::string()> retraining = {};
  std::function<void(std::string_view line)> access_log = {};  // one JSON object for each request; any thread
};

/// Answers requests with an engine, by a table of routes (docs/api.md): who may ask, how often, what became of it.
class Service {
 public:
  /// `engine` outlives this.
  Service(serve::Engine& engine, ServiceOptions options);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// An http::Handler.
  void handle(http::Request request, http::Reply reply);
  /// For http::ServerOptions::refused: counts and logs it like any other.
  void refused(const http::Request& request, int status) const;
  /// From now on /readyz says 503: no new work should come.
  void stop_being_ready() { ready_ = false; }
  const std::vector<Route>& routes() const { return routes_; }
  Metrics& metrics() { return *metrics_; }

 private:
  void add_documents();
  const Route* find(const http::Request& request, std::vector<std::string>& values, std::string& allowed) const;
  http::Reply observed(const http::Request& request, std::string_view route, http::Reply reply) const;
  void admit(const http::Request& request, const Route& route);
  void dispatch(const Route& route, Call call);

  serve::Engine& engine_;
  ServiceOptions options_;
  std::shared_ptr<Metrics> metrics_;  // replies may outlive this
  RateLimit limit_;
  std::atomic<bool> ready_ = true;
  std::int64_t started_;
  std::vector<Route> routes_;
  serve::WorkQueue queue_;  // last: its threads use the rest
};

}  // namespace monet::api
