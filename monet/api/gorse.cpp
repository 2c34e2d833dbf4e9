// Gorse's REST API (its version 0.4), so that a shop that asks Gorse can ask here: the same paths, field names and
// status codes. docs/gorse.md says what differs.
#include "monet/api/answers.h"
#include "monet/api/asks.h"
#include "monet/api/gorse_json.h"
#include "monet/api/problem.h"
#include "monet/api/routes.h"

#include <algorithm>
#include <ctime>
#include <future>
#include <utility>

namespace monet::api {

namespace {

constexpr std::int64_t kDefaultListed = 10;
constexpr std::int64_t kMostAtOnce = 10'000;

/// `n` and `offset` of a list.
struct Slice {
  explicit Slice(const http::Request& request)
      : count(integer_parameter(request, "n", kDefaultListed, 1, kMostAtOnce)),
        offset(integer_parameter(request, "offset", 0, 0, kMostAtOnce)) {}
  std::int64_t count;
  std::int64_t offset;
};

Json affected(std::int64_t rows) {
  return {{"RowAffected", rows}};
}

/// The category of a path that may end with one.
std::vector<std::string> category_of(const Call& call, std::size_t at) {
  return call.values.size() > at ? std::vector<std::string>{call.values[at]} : std::vector<std::string>{};
}

Json scored(const std::vector<serve::Suggestion>& items, std::size_t offset) {
  Json list = Json::array();
  for (std::size_t i = offset; i < items.size(); ++i) {
    list.push_back({{"Id", items[i].scored.item}, {"Score", items[i].scored.score}});
  }
  return list;
}

std::vector<serve::Suggestion> asked(const serve::Engine& engine, serve::Ask ask) {
  ThreadPool pool(1);
  ask.k = std::min(ask.k, engine.options().most_listed);
  serve::Answer answer = std::move(engine.recommend(pool, {&ask, 1}).front());
  if (!answer.refused.empty()) throw InvalidArgument(answer.refused);
  return std::move(answer.items);
}

/// Writes events and waits: a job of the work queue may.
void write(serve::Engine& engine, std::vector<store::Event> events) {
  const auto done = std::make_shared<std::promise<std::exception_ptr>>();
  if (!engine.record(std::move(events),
                     [done](const store::AppendOutcome& outcome) { done->set_value(outcome.error); })) {
    throw Problem(503, "there is too much to do just now; ask again in a second", 1);
  }
  if (const std::exception_ptr error = done->get_future().get()) std::rethrow_exception(error);
}

void recommend(serve::Engine& engine, const Call& call) {
  const Slice slice(call.request);
  serve::Ask ask;
  ask.user = call.values.front();
  ask.k = slice.count + slice.offset;
  ask.rules.categories = category_of(call, 1);
  const std::vector<serve::Suggestion> items = asked(engine, std::move(ask));
  Json ids = Json::array();
  std::vector<store::Event> shown;
  const std::string* kind = call.request.parameter("write-back-type");
  for (std::size_t i = static_cast<std::size_t>(slice.offset); i < items.size(); ++i) {
    ids.push_back(items[i].scored.item);
    if (kind == nullptr || kind->empty()) continue;
    store::Event& event = shown.emplace_back();
    event.user = call.values.front();
    event.item = items[i].scored.item;
    event.kind = *kind;
    event.time = std::time(nullptr);
  }
  if (!shown.empty()) write(engine, std::move(shown));
  call.reply.send(json_response(ids));
}

void recommend_session(serve::Engine& engine, const Call& call) {
  const Slice slice(call.request);
  serve::Ask ask;
  for (const store::Event& event : gorse_events(parse_json(call.request.body))) ask.history.push_back(event.item);
  ask.k = slice.count + slice.offset;
  ask.rules.categories = category_of(call, 0);
  call.reply.send(json_response(scored(asked(engine, std::move(ask)), static_cast<std::size_t>(slice.offset))));
}

void popular(serve::Engine& engine, const Call& call) {
  const Slice slice(call.request);
  serve::Ask ask;
  ask.k = slice.count + slice.offset;
  ask.rules.categories = category_of(call, 0);
  call.reply.send(json_response(scored(asked(engine, std::move(ask)), static_cast<std::size_t>(slice.offset))));
}

/// The items that were added last. Reads them all.
void latest(serve::Engine& engine, const Call& call) {
  const Slice slice(call.request);
  const std::vector<std::string> category = category_of(call, 0);
  std::vector<store::Item> items;
  const auto later = [](const store::Item& a, const store::Item& b) { return a.added > b.added; };
  const auto wanted = static_cast<std::size_t>(slice.count + slice.offset);
  for (std::string after;;) {
    std::vector<store::Item> some = engine.store().items(after, static_cast<std::size_t>(kMostAtOnce));
    if (some.empty()) break;
    after = some.back().id;
    for (store::Item& item : some) {
      const bool fits = category.empty() || std::find(item.categories.begin(), item.categories.end(),
                                                      category.front()) != item.categories.end();
      if (fits && !item.hidden) items.push_back(std::move(item));
    }
    std::stable_sort(items.begin(), items.end(), later);
    if (items.size() > wanted) items.resize(wanted);
  }
  Json list = Json::array();
  for (std::size_t i = static_cast<std::size_t>(slice.offset); i < items.size(); ++i) {
    list.push_back({{"Id", items[i].id}, {"Score", items[i].added}});
  }
  call.reply.send(json_response(list));
}

void item_neighbours(serve::Engine& engine, const Call& call) {
  const Slice slice(call.request);
  const std::vector<std::string> category = category_of(call, 1);
  const Index k = category.empty() ? slice.count + slice.offset : engine.options().most_listed;
  Json list = Json::array();
  if (!engine.loaded()->items().find(call.values.front())) {
    call.reply.send(json_response(list));
    return;
  }
  ThreadPool pool(1);
  std::vector<serve::Suggestion> items =
      engine.similar(pool, call.values.front(), std::min(k, engine.options().most_listed), "").items;
  std::erase_if(items, [&](const serve::Suggestion& item) {
    return !category.empty() &&
           std::find(item.categories.begin(), item.categories.end(), category.front()) == item.categories.end();
  });
  if (static_cast<std::int64_t>(items.size()) > slice.count + slice.offset) {
    items.resize(static_cast<std::size_t>(slice.count + slice.offset));
  }
  call.reply.send(json_response(scored(items, static_cast<std::size_t>(slice.offset))));
}

void user_neighbours(serve::Engine& engine, const Call& call) {
  const Slice slice(call.request);
  Json list = Json::array();
  if (engine.loaded()->users().find(call.values.front())) {
    ThreadPool pool(1);
    const std::vector<serve::Neighbour> users =
        engine.similar_users(pool, call.values.front(), slice.count + slice.offset);
    for (std::size_t u = static_cast<std::size_t>(slice.offset); u < users.size(); ++u) {
      list.push_back({{"Id", users[u].user}, {"Score", users[u].score}});
    }
  }
  call.reply.send(json_response(list));
}

store::EventFilter filter_of(const std::string& user, const std::string& item, const std::string& kind) {
  const auto some = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
  return {some(user), some(item), some(kind)};
}

/// Feedback as Gorse keeps it: one for each user, item and type. `replace`: what is there gives way (PUT), else it
/// stays.
void take_feedback(serve::Engine& engine, const Call& call, bool replace) {
  const std::vector<store::Event> events = gorse_events(parse_json(call.request.body));
  std::vector<store::Event> fresh;
  for (const store::Event& event : events) {
    const store::EventFilter same = filter_of(event.user, event.item, event.kind);
    if (!engine.store().newest_events(same, 1).empty()) {
      if (!replace) continue;
      engine.delete_events(same);
    }
    fresh.push_back(event);
  }
  if (!fresh.empty()) write(engine, std::move(fresh));
  call.reply.send(json_response(affected(static_cast<std::int64_t>(events.size()))));
}

void list_feedback(serve::Engine& engine, const Call& call, const store::EventFilter& filter) {
  Json list = Json::array();
  for (const store::StoredEvent& stored : engine.store().newest_events(filter, static_cast<std::size_t>(kMostAtOnce))) {
    list.push_back(gorse_json(stored.event));
  }
  call.reply.send(json_response(list));
}

/// A page of feedback; the cursor is the position that the next one begins before.
void page_feedback(serve::Engine& engine, const Call& call, const std::string& kind) {
  const auto count = static_cast<std::size_t>(integer_parameter(call.request, "n", kDefaultListed, 1, kMostAtOnce));
  const std::int64_t before =
      call.request.parameter("cursor") == nullptr || call.request.parameter("cursor")->empty()
          ? store::kNoPosition
          : integer_parameter(call.request, "cursor", store::kNoPosition, 1, store::kNoPosition);
  const std::vector<store::StoredEvent> events = engine.store().newest_events(filter_of("", "", kind), count, before);
  Json list = Json::array();
  for (const store::StoredEvent& stored : events) list.push_back(gorse_json(stored.event));
  const std::string cursor = events.size() == count ? std::to_string(events.back().position) : "";
  call.reply.send(json_response({{"Cursor", cursor}, {"Feedback", std::move(list)}}));
}

void put_items(serve::Engine& engine, const Call& call, const Json& list) {
  std::vector<store::Item> items;
  for (const Json& item : list) items.push_back(gorse_item(item));
  engine.put_items(items);
  call.reply.send(json_response(affected(static_cast<std::int64_t>(list.size()))));
}

store::Item item_or_404(serve::Engine& engine, const std::string& id) {
  std::optional<store::Item> item = engine.store().item(id);
  if (!item || serve::is_gone(*item)) refuse(404, "item not found");
  return *std::move(item);
}

void change_categories(serve::Engine& engine, const Call& call, bool add) {
  std::vector<std::string> categories = item_or_404(engine, call.values[0]).categories;
  std::erase(categories, call.values[1]);
  if (add) categories.push_back(call.values[1]);
  store::ItemPatch patch;
  patch.categories = std::move(categories);
  engine.patch_item(call.values[0], patch);
  call.reply.send(json_response(affected(1)));
}

void put_users(serve::Engine& engine, const Call& call, const Json& list) {
  std::vector<store::User> users;
  for (const Json& user : list) users.push_back(gorse_user(user));
  engine.put_users(users);
  call.reply.send(json_response(affected(static_cast<std::int64_t>(users.size()))));
}

template <class Read>
void page_of(const Call& call, const char* name, const Read& read) {
  const auto count = static_cast<std::size_t>(integer_parameter(call.request, "n", kDefaultListed, 1, kMostAtOnce));
  const std::string* cursor = call.request.parameter("cursor");
  Json list = Json::array();
  std::string last;
  std::size_t seen = 0;
  for (const auto& entry : read(cursor == nullptr ? std::string() : *cursor, count)) {
    last = entry.id;
    ++seen;
    list.push_back(gorse_json(entry));
  }
  call.reply.send(json_response({{"Cursor", seen == count ? last : std::string()}, {name, std::move(list)}}));
}

constexpr std::string_view kFeedback =
    R"([{"FeedbackType": "like", "UserId": "user-42", "ItemId": "p17", "Timestamp": "2025-01-02T03:04:05Z"}])";
constexpr std::string_view kItems = R"({"ItemId": "p17", "IsHidden": false, "Categories": ["Mugs"],
  "Timestamp": "2025-01-02T03:04:05Z", "Labels": ["blue"], "Comment": "Blue mug"})";
constexpr std::string_view kUser = R"({"UserId": "user-42", "Labels": ["a"], "Subscribe": null, "Comment": ""})";

}  // namespace

std::vector<Route> Routes::gorse() {
  std::vector<Route> routes;
  const auto add = [&](std::string_view method, std::string_view pattern, Role role, std::string_view summary,
                       std::string_view body, auto handle) {
    routes.push_back({.method = method,
                      .pattern = pattern,
                      .role = role,
                      .summary = summary,
                      .body = body,
                      .handle = [engine = &engine, handle](const Call& call) { handle(*engine, call); }});
  };
  using serve::Engine;
  constexpr std::string_view kNone;
  for (const std::string_view pattern : {"/api/recommend/{user}", "/api/recommend/{user}/{category}"}) {
    add("GET", pattern, Role::read, "Gorse: the best items for a user", kNone, recommend);
  }
  for (const std::string_view pattern : {"/api/session/recommend", "/api/session/recommend/{category}"}) {
    add("POST", pattern, Role::read, "Gorse: the best items for a session's feedback", kFeedback, recommend_session);
  }
  for (const std::string_view pattern : {"/api/popular", "/api/popular/{category}", "/api/non-personalized/popular"}) {
    add("GET", pattern, Role::read, "Gorse: what is popular", kNone, popular);
  }
  for (const std::string_view pattern : {"/api/latest", "/api/latest/{category}"}) {
    add("GET", pattern, Role::read, "Gorse: what was added last", kNone, latest);
  }
  for (const std::string_view pattern : {"/api/item/{item}/neighbors", "/api/item/{item}/neighbors/{category}"}) {
    add("GET", pattern, Role::read, "Gorse: similar items", kNone, item_neighbours);
  }
  add("GET", "/api/user/{user}/neighbors", Role::read, "Gorse: similar users", kNone, user_neighbours);

  add("POST", "/api/feedback", Role::write, "Gorse: records feedback that is not there yet", kFeedback,
      [](Engine& engine, const Call& call) { take_feedback(engine, call, false); });
  add("PUT", "/api/feedback", Role::write, "Gorse: records feedback in the place of what is there", kFeedback,
      [](Engine& engine, const Call& call) { take_feedback(engine, call, true); });
  add("GET", "/api/feedback", Role::read, "Gorse: feedback, the newest first", kNone,
      [](Engine& engine, const Call& call) { page_feedback(engine, call, ""); });
  add("GET", "/api/feedback/{type}", Role::read, "Gorse: feedback of a type", kNone,
      [](Engine& engine, const Call& call) { page_feedback(engine, call, call.values[0]); });
  add("GET", "/api/feedback/{type}/{user}/{item}", Role::read, "Gorse: a feedback", kNone,
      [](Engine& engine, const Call& call) {
        const auto found = engine.store().newest_events(filter_of(call.values[1], call.values[2], call.values[0]), 1);
        if (found.empty()) refuse(404, "feedback not found");
        call.reply.send(json_response(gorse_json(found.front().event)));
      });
  add("DELETE", "/api/feedback/{type}/{user}/{item}", Role::write, "Gorse: deletes a feedback", kNone,
      [](Engine& engine, const Call& call) {
        const store::EventFilter filter = filter_of(call.values[1], call.values[2], call.values[0]);
        const auto found = engine.store().newest_events(filter, 1);
        if (found.empty()) refuse(404, "feedback not found");
        engine.delete_events(filter);
        call.reply.send(json_response(gorse_json(found.front().event)));
      });
  add("GET", "/api/user/{user}/feedback", Role::read, "Gorse: a user's feedback", kNone,
      [](Engine& engine, const Call& call) { list_feedback(engine, call, filter_of(call.values[0], "", "")); });
  add("GET", "/api/user/{user}/feedback/{type}", Role::read, "Gorse: a user's feedback of a type", kNone,
      [](Engine& engine, const Call& call) {
        list_feedback(engine, call, filter_of(call.values[0], "", call.values[1]));
      });
  add("GET", "/api/item/{item}/feedback", Role::read, "Gorse: feedback on an item", kNone,
      [](Engine& engine, const Call& call) { list_feedback(engine, call, filter_of("", call.values[0], "")); });
  add("GET", "/api/item/{item}/feedback/{type}", Role::read, "Gorse: feedback of a type on an item", kNone,
      [](Engine& engine, const Call& call) {
        list_feedback(engine, call, filter_of("", call.values[0], call.values[1]));
      });

  add("POST", "/api/item", Role::write, "Gorse: makes or replaces an item", kItems,
      [](Engine& engine, const Call& call) { put_items(engine, call, Json::array({parse_json(call.request.body)})); });
  add("POST", "/api/items", Role::write, "Gorse: makes or replaces items", "[]",
      [](Engine& engine, const Call& call) { put_items(engine, call, parse_json(call.request.body)); });
  add("GET", "/api/item/{item}", Role::read, "Gorse: an item", kNone, [](Engine& engine, const Call& call) {
    call.reply.send(json_response(gorse_json(item_or_404(engine, call.values[0]))));
  });
  add("GET", "/api/items", Role::read, "Gorse: items by id", kNone, [](Engine& engine, const Call& call) {
    page_of(call, "Items", [&](const std::string& after, std::size_t n) { return engine.store().items(after, n); });
  });
  add("PATCH", "/api/item/{item}", Role::write, "Gorse: changes an item", kItems, [](Engine& engine, const Call& call) {
    item_or_404(engine, call.values[0]);
    engine.patch_item(call.values[0], gorse_patch(parse_json(call.request.body)));
    call.reply.send(json_response(affected(1)));
  });
  add("DELETE", "/api/item/{item}", Role::write, "Gorse: deletes an item", kNone, [](Engine& engine, const Call& call) {
    call.reply.send(json_response(affected(engine.delete_item(call.values[0]) ? 1 : 0)));
  });
  add("PUT", "/api/item/{item}/category/{category}", Role::write, "Gorse: gives an item a category", kNone,
      [](Engine& engine, const Call& call) { change_categories(engine, call, true); });
  add("DELETE", "/api/item/{item}/category/{category}", Role::write, "Gorse: takes a category away", kNone,
      [](Engine& engine, const Call& call) { change_categories(engine, call, false); });

  add("POST", "/api/user", Role::write, "Gorse: makes or replaces a user", kUser,
      [](Engine& engine, const Call& call) { put_users(engine, call, Json::array({parse_json(call.request.body)})); });
  add("POST", "/api/users", Role::write, "Gorse: makes or replaces users", "[]",
      [](Engine& engine, const Call& call) { put_users(engine, call, parse_json(call.request.body)); });
  add("GET", "/api/user/{user}", Role::read, "Gorse: a user", kNone, [](Engine& engine, const Call& call) {
    const std::optional<store::User> user = engine.store().user(call.values[0]);
    if (!user) refuse(404, "user not found");
    call.reply.send(json_response(gorse_json(*user)));
  });
  add("GET", "/api/users", Role::read, "Gorse: users by id", kNone, [](Engine& engine, const Call& call) {
    page_of(call, "Users", [&](const std::string& after, std::size_t n) { return engine.store().users(after, n); });
  });
  add("PATCH", "/api/user/{user}", Role::write, "Gorse: changes a user", kUser, [](Engine& engine, const Call& call) {
    if (!engine.patch_user(call.values[0], gorse_user_patch(parse_json(call.request.body)))) {
      refuse(404, "user not found");
    }
    call.reply.send(json_response(affected(1)));
  });
  add("DELETE", "/api/user/{user}", Role::admin, "Gorse: erases a user and her feedback", kNone,
      [](Engine& engine, const Call& call) {
        const store::Erased erased = engine.erase_user(call.values[0]);
        call.reply.send(json_response(affected(erased.profile || erased.events > 0 ? 1 : 0)));
      });
  for (const std::string_view pattern : {"/api/health/live", "/api/health/ready"}) {
    add("GET", pattern, Role::none, "Gorse: health", kNone, [](Engine& engine, const Call& call) {
      engine.store().state();
      call.reply.send(json_response({{"Ready", true},
                                     {"DataStoreError", nullptr},
                                     {"CacheStoreError", nullptr},
                                     {"DataStoreConnected", true},
                                     {"CacheStoreConnected", true}}));
    });
  }
  return routes;
}

}  // namespace monet::api
