#include "monet/api/service.h"

#include "monet/api/answers.h"
#include "monet/api/problem.h"
#include "monet/api/routes.h"
#include "monet/artifact/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <iterator>
#include <utility>

namespace monet::api {

namespace {

using Clock = std::chrono::steady_clock;

/// The trace that a request belongs to (W3C's traceparent), or nothing.
std::string trace_of(const http::Request& request) {
  const std::string* parent = request.header("traceparent");
  constexpr std::size_t kLength = 55;
  if (parent == nullptr || parent->size() != kLength) return {};
  const bool plain = std::all_of(parent->begin(), parent->end(),
                                 [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-'; });
  return plain ? *parent : std::string();
}

std::string key_of(const http::Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  if (const std::string* header = request.header("Authorization"); header != nullptr && header->starts_with(kBearer)) {
    return header->substr(kBearer.size());
  }
  const std::string* header = request.header("X-API-Key");
  return header == nullptr ? std::string() : *header;
}

bool is_json(const http::Request& request) {
  const std::string* type = request.header("Content-Type");
  return type != nullptr && type->starts_with("application/json");
}

bool is_picture(const http::Request& request) {
  const std::string* type = request.header("Content-Type");
  return type != nullptr && type->starts_with("image/");
}

http::Response page_response(const Page& page, const std::string& policy, const http::Request& request) {
  http::Response response;
  response.headers = {{"ETag", page.etag},
                      {"Cache-Control", "no-cache"},
                      {"Content-Security-Policy", policy},
                      {"Referrer-Policy", "no-referrer"}};
  if (const std::string* known = request.header("If-None-Match"); known != nullptr && *known == page.etag) {
    response.status = 304;
    return response;
  }
  response.content_type = page.content_type;
  response.shared_body = page.bytes;
  return response;
}

}  // namespace

Service::Service(serve::Engine& engine, ServiceOptions options)
    : engine_(engine),
      options_(std::move(options)),
      metrics_(std::make_shared<Metrics>()),
      limit_(options_.keys),
      started_(std::time(nullptr)),
      queue_(engine, options_.queue) {
  Routes routes{engine_, queue_, *metrics_, options_, ready_, started_};
  for (auto part : {&Routes::recommendations, &Routes::items, &Routes::interactions, &Routes::users,
                    &Routes::operations, &Routes::gorse}) {
    std::vector<Route> more = (routes.*part)();
    std::move(more.begin(), more.end(), std::back_inserter(routes_));
  }
  add_documents();
  metrics_->watch("monet_waiting", "Requests that wait for a thread.",
                  [this] { return static_cast<double>(queue_.waiting()); });
  metrics_->watch("monet_users_with_events", "Users of whom events are kept.",
                  [this] { return static_cast<double>(engine_.live().num_users()); });
  metrics_->watch("monet_lists_scanned", "Lists for which every item was scored.",
                  [this] { return static_cast<double>(engine_.lists().scanned); });
  metrics_->watch("monet_lists_proved", "Lists from candidates that are proved to be the exact ones.",
                  [this] { return static_cast<double>(engine_.lists().proved); });
  metrics_->watch("monet_lists_unproved", "Lists from candidates that may not be the exact ones.",
                  [this] { return static_cast<double>(engine_.lists().unproved); });
  metrics_->watch("monet_artifact_opened_seconds", "When the artifact in use was opened, Unix time.",
                  [this] { return static_cast<double>(engine_.loaded()->opened); });
}

Service::~Service() = default;

/// The description of the routes so far, and the page.
void Service::add_documents() {
  const auto document =
      std::make_shared<const std::string>(openapi(routes_, artifact::program_version()).dump(1) + "\n");
  routes_.push_back({.method = "GET",
                     .pattern = "/v1/openapi.json",
                     .role = Role::none,
                     .work = Work::at_once,
                     .summary = "this API as an OpenAPI document",
                     .handle = [document](const Call& call) {
                       call.reply.send({.content_type = "application/json", .shared_body = document});
                     }});
  for (const Page& page : options_.pages) {
    routes_.push_back({.method = "GET",
                       .pattern = page.path,
                       .role = Role::none,
                       .work = Work::at_once,
                       .summary = "the page",
                       .handle = [&page, &policy = options_.page_policy](const Call& call) {
                         call.reply.send(page_response(page, policy, call.request));
                       }});
  }
}

const Route* Service::find(const http::Request& request, std::vector<std::string>& values, std::string& allowed) const {
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  for (const Route& route : routes_) {
    if (!matches(route.pattern, request.segments, values)) continue;
    if (route.method == method) return &route;
    allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
  }
  return nullptr;
}

namespace {
/// A request as the access log has it.
std::string log_line(std::string_view method, std::string_view route, int status, double seconds, std::size_t bytes,
                     const std::string& trace) {
  Json line{{"time", utc(std::time(nullptr))},
            {"method", method},
            {"route", route},
            {"status", status},
            {"milliseconds", std::round(seconds * 1e6) / 1e3},
            {"bytes", bytes}};
  if (!trace.empty()) line["trace"] = trace;
  return line.dump();
}
}  // namespace

void Service::refused(const http::Request& request, int status) const {
  std::vector<std::string> values;
  std::string allowed;
  const Route* route = request.segments.empty() ? nullptr : find(request, values, allowed);
  const std::string_view pattern = route != nullptr ? std::string_view(route->pattern) : "other";
  // Whatever else comes in the place of a method must not become a label of the metrics.
  const std::string_view method = route != nullptr ? std::string_view(request.method) : "other";
  metrics_->answered(method, pattern, status, 0.0);
  if (options_.access_log) options_.access_log(log_line(method, pattern, status, 0.0, 0, trace_of(request)));
}

/// A reply that counts and logs, and adds what every answer has.
http::Reply Service::observed(const http::Request& request, std::string_view route, http::Reply reply) const {
  std::string origin;
  if (const std::string* header = request.header("Origin")) {
    const bool known = std::find(options_.origins.begin(), options_.origins.end(), *header) != options_.origins.end();
    const bool any = std::find(options_.origins.begin(), options_.origins.end(), "*") != options_.origins.end();
    if (known || any) origin = *header;
  }
  return http::Reply([metrics = metrics_, log = options_.access_log, began = Clock::now(), method = request.method,
                      route = std::string(route), origin, trace = trace_of(request),
                      reply = std::move(reply)](http::Response response) {
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    if (!origin.empty()) {
      response.headers.emplace_back("Access-Control-Allow-Origin", origin);
      response.headers.emplace_back("Vary", "Origin");
    }
    if (!trace.empty()) response.headers.emplace_back("traceparent", trace);
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    metrics->answered(method, route, response.status, seconds);
    if (log) log(log_line(method, route, response.status, seconds, response.content().size(), trace));
    reply.send(std::move(response));
  });
}

/// Throws Problem unless this request may go on.
void Service::admit(const http::Request& request, const Route& route) {
  if (route.role == Role::none || options_.keys.everybody()) return;
  const std::string text = key_of(request);
  if (text.empty()) refuse(401, "a key is needed: Authorization: Bearer KEY");
  const std::optional<std::size_t> key = options_.keys.find(text);
  if (!key) refuse(401, "this key is not known");
  if (const std::optional<int> seconds = limit_.take(*key)) {
    throw Problem(429, fmt::format("this key may ask again in {} s", *seconds), *seconds);
  }
  if (options_.keys[*key].role < route.role) refuse(403, "this takes a key with the role {}", to_string(route.role));
}

void Service::dispatch(const Route& route, Call call) {
  const auto run = [&route](const Call& asked) {
    try {
      route.handle(asked);
    } catch (...) {
      asked.reply.send(response_of(std::current_exception()));
    }
  };
  if (route.work == Work::at_once) {
    run(call);
    return;
  }
  const http::Reply reply = call.reply;
  if (!queue_.run([run, call = std::move(call)](ThreadPool&) { run(call); })) reply.send(busy());
}

void Service::handle(http::Request request, http::Reply reply) {
  std::vector<std::string> values;
  std::string allowed;
  const Route* route = find(request, values, allowed);
  const http::Reply answer = observed(request, route != nullptr ? route->pattern : "other", std::move(reply));
  if (route == nullptr) {
    if (request.method == "OPTIONS" && !allowed.empty()) {
      answer.send(
          {.status = 204,
           .headers = {{"Allow", allowed},
                       {"Access-Control-Allow-Methods", allowed},
                       {"Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, X-API-Key"},
                       {"Access-Control-Max-Age", "600"}}});
      return;
    }
    http::Response response = allowed.empty()
                                  ? http::problem(404, "there is nothing here; /v1/openapi.json lists what there is")
                                  : http::problem(405, "this is answered to " + allowed);
    if (!allowed.empty()) response.headers.emplace_back("Allow", allowed);
    answer.send(std::move(response));
    return;
  }
  try {
    admit(request, *route);
    if (!route->body.empty() && !is_json(request)) refuse(415, "the body must be JSON: Content-Type: application/json");
    if (route->picture && !is_picture(request)) refuse(415, "the body must be a picture: Content-Type: image/jpeg");
  } catch (...) {
    answer.send(response_of(std::current_exception()));
    return;
  }
  dispatch(*route, {std::move(request), std::move(values), answer});
}

}  // namespace monet::api
