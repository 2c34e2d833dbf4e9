#include "monet/api/answers.h"
#include "monet/api/asks.h"
#include "monet/api/problem.h"
#include "monet/api/routes.h"

#include <algorithm>
#include <set>
#include <utility>

namespace monet::api {

namespace {

constexpr std::int64_t kUsersPage = 20;
constexpr std::int64_t kMostUsers = 1000;
constexpr std::size_t kMostShown = 200;  // items of a user
constexpr std::size_t kEventsAtATime = 10'000;

std::span<const std::int32_t> trained_rows(const serve::Loaded& loaded, const std::string& user) {
  const std::optional<std::int32_t> row = loaded.users().find(user);
  return row ? loaded.recommender.artifact().scoring().history.row(*row) : std::span<const std::int32_t>();
}

/// Users of the artifact and the store whose ids hold a text, in the order of their ids.
std::vector<std::string> found_users(const serve::Engine& engine, const serve::Loaded& loaded,
                                     const std::string& search, const std::string& after, std::size_t limit) {
  std::set<std::string> found;
  const auto take = [&](const std::string& id) {
    found.insert(id);
    if (found.size() > limit) found.erase(std::prev(found.end()));
  };
  for (std::int32_t row = 0; row < static_cast<std::int32_t>(loaded.users().size()); ++row) {
    const std::string& id = loaded.users().id(row);
    if (id > after && id.find(search) != std::string::npos) take(id);
  }
  for (const std::string& id : engine.live().find_users(search, after, limit)) take(id);
  return {found.begin(), found.end()};
}

void list_users(const serve::Engine& engine, const Call& call) {
  check_parameters(call.request, {"search", "after", "limit"});
  const auto limit = static_cast<std::size_t>(integer_parameter(call.request, "limit", kUsersPage, 1, kMostUsers));
  const auto text = [&](const char* name) {
    const std::string* value = call.request.parameter(name);
    return value == nullptr ? std::string() : *value;
  };
  const auto loaded = engine.loaded();
  const std::vector<std::string> users = found_users(engine, *loaded, text("search"), text("after"), limit);
  Json list = Json::array();
  for (const std::string& user : users) {
    const std::size_t history = trained_rows(*loaded, user).size() + engine.live().items_of(user).size();
    list.push_back({{"user", user}, {"history", history}});
  }
  call.reply.send(
      json_response({{"users", std::move(list)}, {"next", users.size() == limit ? Json(users.back()) : Json()}}));
}

Json shown(const serve::Loaded& loaded, const std::string& id) {
  const std::optional<std::int32_t> row = loaded.items().find(id);
  Json json =
      suggestion_json(serve::suggestion(loaded, {id, row ? std::string(loaded.items().title(*row)) : "", 0.0F, {}}));
  json.erase("score");
  return json;
}

void show_user(serve::Engine& engine, const Call& call) {
  const std::string& user = call.values.front();
  const auto loaded = engine.loaded();
  const std::span<const std::int32_t> rows = trained_rows(*loaded, user);
  const std::vector<std::string> fresh = engine.live().items_of(user);
  Json trained_list = Json::array();
  for (const std::int32_t row : rows.first(std::min(rows.size(), kMostShown))) {
    trained_list.push_back(shown(*loaded, loaded->items().id(row)));
  }
  Json fresh_list = Json::array();
  for (const std::string& item : fresh) {
    if (fresh_list.size() < kMostShown) fresh_list.push_back(shown(*loaded, item));
  }
  const bool known = loaded->users().find(user).has_value() || engine.live().knows(user);
  call.reply.send(json_response({{"user", user},
                                 {"known", known},
                                 {"history", rows.size() + fresh.size()},
                                 {"trained", std::move(trained_list)},
                                 {"fresh", std::move(fresh_list)}}));
}

/// Everything that is kept of a user.
void hand_out(serve::Engine& engine, const Call& call) {
  const std::string& user = call.values.front();
  const auto loaded = engine.loaded();
  Json trained = Json::array();
  for (const std::int32_t row : trained_rows(*loaded, user)) trained.push_back(loaded->items().id(row));
  Json events = Json::array();
  std::int64_t before = store::kNoPosition;
  for (;;) {
    const auto page = engine.store().newest_events({.user = user, .item = {}, .kind = {}}, kEventsAtATime, before);
    for (const store::StoredEvent& stored : page) events.push_back(event_json(stored.event));
    if (page.size() < kEventsAtATime) break;
    before = page.back().position;
  }
  Json json{{"user", user}};
  if (const std::optional<store::User> profile = engine.store().user(user)) {
    json["profile"] = Json::parse(profile->attributes, nullptr, false);
    json["comment"] = profile->comment;
  }
  json["trained"] = std::move(trained);
  json["interactions"] = std::move(events);
  call.reply.send(json_response(json));
}

}  // namespace

std::vector<Route> Routes::users() {
  std::vector<Route> routes;
  routes.push_back({.method = "GET",
                    .pattern = "/v1/users",
                    .summary = "users of the artifact and the store, by id",
                    .query = "search after limit",
                    .answer = R"({"users": [{"user": "user-42", "history": 12}], "next": "user-42"})",
                    .handle = [engine = &engine](const Call& call) { list_users(*engine, call); }});
  routes.push_back(
      {.method = "GET",
       .pattern = "/v1/users/{user}",
       .summary = "a user's items, those since the training newest first",
       .answer = R"({"user": "user-42", "known": true, "history": 1, "trained": [{"item": "p17"}], "fresh": []})",
       .handle = [engine = &engine](const Call& call) { show_user(*engine, call); }});
  routes.push_back({.method = "GET",
                    .pattern = "/v1/users/{user}/data",
                    .role = Role::admin,
                    .summary = "everything that is kept of a user",
                    .answer = R"({"user": "user-42", "trained": ["p17"], "interactions": []})",
                    .handle = [engine = &engine](const Call& call) { hand_out(*engine, call); }});
  routes.push_back(
      {.method = "DELETE",
       .pattern = "/v1/users/{user}",
       .role = Role::admin,
       .summary = "erases what the store keeps of a user",
       .answer = R"({"interactions": 12, "profile": false, "overwritten": true})",
       .handle = [engine = &engine](const Call& call) {
         const store::Erased erased = engine->erase_user(call.values.front());
         call.reply.send(json_response(
             {{"interactions", erased.events}, {"profile", erased.profile}, {"overwritten", erased.overwritten}}));
       }});
  return routes;
}

}  // namespace monet::api
