#include "monet/api/answers.h"
#include "monet/api/problem.h"
#include "monet/api/routes.h"
#include "monet/data/time.h"

#include <cmath>
#include <ctime>
#include <utility>

namespace monet::api {

namespace {

constexpr std::size_t kMostEvents = 10'000;
constexpr double kLatest = 1e11;  // seconds: beyond the year 5000, and so milliseconds

std::int64_t time_of(Body& event) {
  const Json* value = event.value("time");
  if (value == nullptr) return std::time(nullptr);
  std::optional<double> seconds;
  if (value->is_number()) seconds = value->get<double>();
  if (value->is_string()) seconds = data::parse_time(value->get<std::string>());
  if (!seconds || !(std::abs(*seconds) < kLatest)) {
    refuse(400, "{} must be seconds since 1970 or a time like 2025-01-02T03:04:05Z", event.path("time"));
  }
  return static_cast<std::int64_t>(*seconds);
}

store::Event event_of(const Json& json, const std::string& where) {
  Body body(json, where);
  store::Event event;
  event.user = body.needed_text("user");
  event.item = body.needed_text("item");
  event.kind = body.text("kind").value_or("click");
  event.weight = body.number("weight");
  event.time = time_of(body);
  event.key = body.text("key").value_or("");
  body.finish();
  return event;
}

std::vector<store::Event> events_of(const http::Request& request) {
  const Json json = parse_json(request.body);
  std::vector<store::Event> events;
  if (json.is_object() && json.contains("interactions")) {
    Body body(json);
    const Json* list = body.value("interactions");
    body.finish();
    if (list == nullptr || !list->is_array() || list->empty() || list->size() > kMostEvents) {
      refuse(400, "interactions must be a list of 1 to {}", kMostEvents);
    }
    for (std::size_t e = 0; e < list->size(); ++e)
      events.push_back(event_of((*list)[e], fmt::format("interactions[{}]", e)));
  } else {
    events.push_back(event_of(json, {}));
  }
  if (const std::string* key = request.header("Idempotency-Key")) {
    for (std::size_t e = 0; e < events.size(); ++e) {
      if (events[e].key.empty()) events[e].key = events.size() == 1 ? *key : fmt::format("{}/{}", *key, e);
    }
  }
  return events;
}

void record(serve::Engine& engine, const Call& call) {
  const auto done = [reply = call.reply](const store::AppendOutcome& outcome) {
    if (outcome.error) {
      reply.send(response_of(outcome.error));
    } else {
      reply.send(json_response({{"added", outcome.result.added}, {"duplicates", outcome.result.duplicates}}, 201));
    }
  };
  if (!engine.record(events_of(call.request), done)) call.reply.send(busy());
}

}  // namespace

std::vector<Route> Routes::interactions() {
  return {{.method = "POST",
           .pattern = "/v1/interactions",
           .role = Role::write,
           .summary = "records one interaction or many; answered when they are on disk",
           .body = R"({"interactions": [{"user": "user-42", "item": "p17", "kind": "view", "weight": 1,
  "time": "2025-01-02T03:04:05Z", "key": "order-1/1"}]})",
           .answer = R"({"added": 1, "duplicates": 0})",
           .status = 201,
           .handle = [engine = &engine](const Call& call) { record(*engine, call); }}};
}

}  // namespace monet::api
