#include "monet/api/answers.h"
#include "monet/api/asks.h"
#include "monet/api/problem.h"
#include "monet/api/routes.h"

#include <chrono>
#include <cmath>
#include <memory>
#include <utility>

namespace monet::api {

namespace {

constexpr std::size_t kMostAsks = 256;

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point began) {
  return std::round(std::chrono::duration<double, std::milli>(Clock::now() - began).count() * 1e3) / 1e3;
}

/// The answer with the time that it took, before its items.
Json timed(const serve::Ask& ask, const serve::Answer& answer, Clock::time_point began) {
  Json json = answer_json(ask, answer);
  Json items = std::move(json["items"]);
  json.erase("items");
  json["milliseconds"] = milliseconds_since(began);
  json["items"] = std::move(items);
  return json;
}

void answer_one(serve::WorkQueue& queue, serve::Ask ask, const http::Reply& reply) {
  const auto asked = std::make_shared<const serve::Ask>(ask);
  const auto done = [asked, reply, began = Clock::now()](const serve::Answer& answer) {
    try {
      reply.send(json_response(timed(*asked, answer, began)));
    } catch (...) {
      reply.send(response_of(std::current_exception()));
    }
  };
  if (!queue.ask(std::move(ask), done)) reply.send(busy());
}

Json problem_json(const std::exception_ptr& error) {
  return Json::parse(response_of(error).body);
}

/// Each ask of a batch by itself, so that one which is wrong costs the others nothing.
void answer_batch(const serve::Engine& engine, ThreadPool& pool, const Json& requests, const http::Reply& reply) {
  const Clock::time_point began = Clock::now();
  std::vector<serve::Ask> asks;
  std::vector<std::exception_ptr> errors(requests.size());
  for (std::size_t r = 0; r < requests.size(); ++r) {
    try {
      asks.push_back(ask_of(requests[r]));
    } catch (...) {
      errors[r] = std::current_exception();
    }
  }
  const std::vector<serve::Answer> answers = engine.recommend(pool, asks);
  Json list = Json::array();
  for (std::size_t r = 0, a = 0; r < requests.size(); ++r) {
    try {
      if (errors[r]) std::rethrow_exception(errors[r]);
      const std::size_t at = a++;
      list.push_back(answer_json(asks[at], answers[at]));
    } catch (...) {
      list.push_back({{"error", problem_json(std::current_exception())}});
    }
  }
  reply.send(json_response({{"milliseconds", milliseconds_since(began)}, {"answers", std::move(list)}}));
}

constexpr std::string_view kAsk =
    R"({"user": "user-42", "history": ["p3"], "k": 10, "explain": true, "beta": 0.3, "exact": true,
  "rules": {"exclude": ["p4"], "categories": ["Mugs"], "price": {"least": 5, "most": 20}, "available": true, "seen": false,
            "most_per_category": 2, "diversity": 0.3, "pinned": ["p7"]}})";
constexpr std::string_view kAnswer = R"({"user": "user-42", "history": 12, "fresh": 0, "fallback": null,
  "exact": "scanned", "artifact": "9f2c", "milliseconds": 0.8, "items": [{"rank": 1, "item": "p17", "title": "Blue mug", "score": 0.81}]})";

}  // namespace

std::vector<Route> Routes::recommendations() {
  std::vector<Route> routes;
  routes.push_back({.method = "GET",
                    .pattern = "/v1/users/{user}/recommendations",
                    .work = Work::at_once,
                    .summary = "the best items for a user",
                    .query =
                        "k explain drivers beta exact history exclude only categories least_price most_price available "
                        "seen most_per_category diversity pinned",
                    .answer = kAnswer,
                    .handle = [queue = &queue](const Call& call) {
                      answer_one(*queue, ask_of(call.request, call.values.front()), call.reply);
                    }});
  routes.push_back({.method = "POST",
                    .pattern = "/v1/recommendations",
                    .work = Work::at_once,
                    .summary = "the best items for a user, a posted history, or both",
                    .body = kAsk,
                    .answer = kAnswer,
                    .handle = [queue = &queue](const Call& call) {
                      check_parameters(call.request, {});
                      answer_one(*queue, ask_of(parse_json(call.request.body)), call.reply);
                    }});
  routes.push_back({.method = "POST",
                    .pattern = "/v1/recommendations:batch",
                    .summary = "the same for up to 256 at a time",
                    .body = R"({"requests": [{"user": "user-42"}, {"history": ["p3"]}]})",
                    .answer = R"({"milliseconds": 1.2, "answers": [{"user": "user-42", "items": []}]})",
                    .handle = [engine = &engine](const Call& call) {
                      const Json body = parse_json(call.request.body);
                      Body fields(body);
                      const Json* requests = fields.value("requests");
                      fields.finish();
                      if (requests == nullptr || !requests->is_array() || requests->empty() ||
                          requests->size() > kMostAsks) {
                        refuse(400, "requests must be a list of 1 to {} bodies", kMostAsks);
                      }
                      ThreadPool pool(1);
                      answer_batch(*engine, pool, *requests, call.reply);
                    }});
  return routes;
}

}  // namespace monet::api
