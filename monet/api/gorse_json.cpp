#include "monet/api/gorse_json.h"

#include "monet/api/answers.h"
#include "monet/data/time.h"

#include <cmath>
#include <ctime>
#include <utility>

namespace monet::api {

namespace {

/// Gorse's zero time.
constexpr const char* kNoTime = "0001-01-01T00:00:00Z";

std::optional<std::int64_t> timestamp(Body& body) {
  const std::optional<std::string> text = body.text("Timestamp");
  if (!text || text->empty() || *text == kNoTime) return std::nullopt;
  const std::optional<double> seconds = data::parse_time(*text);
  if (!seconds || !(std::abs(*seconds) < 1e11)) refuse(400, "Timestamp must be a time like 2025-01-02T03:04:05Z");
  return static_cast<std::int64_t>(*seconds);
}

/// What is kept as it is.
std::string attributes(Body& body, std::initializer_list<const char*> names) {
  Json kept = Json::object();
  for (const char* name : names) {
    if (const Json* value = body.value(name)) kept[name] = *value;
  }
  return kept.dump();
}

Json kept(const std::string& attributes, const char* name) {
  const Json json = Json::parse(attributes, nullptr, false);
  return json.is_object() && json.contains(name) ? json.at(name) : Json();
}

}  // namespace

store::Item gorse_item(const Json& json) {
  Body body(json);
  store::Item item;
  item.id = body.needed_text("ItemId");
  item.title = body.text("Comment").value_or("");
  item.categories = body.texts("Categories").value_or(std::vector<std::string>());
  item.hidden = body.flag("IsHidden").value_or(false);
  item.added = timestamp(body).value_or(0);
  item.attributes = attributes(body, {"Labels"});
  return item;
}

store::ItemPatch gorse_patch(const Json& json) {
  Body body(json);
  store::ItemPatch patch;
  patch.title = body.text("Comment");
  patch.categories = body.texts("Categories");
  patch.hidden = body.flag("IsHidden");
  patch.added = timestamp(body);
  if (body.value("Labels") != nullptr) patch.attributes = attributes(body, {"Labels"});
  return patch;
}

store::User gorse_user(const Json& json) {
  Body body(json);
  store::User user;
  user.id = body.needed_text("UserId");
  user.comment = body.text("Comment").value_or("");
  user.attributes = attributes(body, {"Labels", "Subscribe"});
  return user;
}

store::UserPatch gorse_user_patch(const Json& json) {
  Body body(json);
  store::UserPatch patch;
  patch.comment = body.text("Comment");
  if (body.value("Labels") != nullptr || body.value("Subscribe") != nullptr) {
    patch.attributes = attributes(body, {"Labels", "Subscribe"});
  }
  return patch;
}

std::vector<store::Event> gorse_events(const Json& json) {
  if (!json.is_array()) refuse(400, "the body must be a list of feedback");
  std::vector<store::Event> events;
  for (const Json& entry : json) {
    Body body(entry);
    store::Event& event = events.emplace_back();
    event.kind = body.needed_text("FeedbackType");
    event.user = body.needed_text("UserId");
    event.item = body.needed_text("ItemId");
    event.time = timestamp(body).value_or(std::time(nullptr));
  }
  return events;
}

Json gorse_json(const store::Item& item) {
  return {{"ItemId", item.id},
          {"IsHidden", item.hidden},
          {"Categories", item.categories},
          {"Timestamp", utc(item.added)},
          {"Labels", kept(item.attributes, "Labels")},
          {"Comment", item.title}};
}

Json gorse_json(const store::User& user) {
  return {{"UserId", user.id},
          {"Labels", kept(user.attributes, "Labels")},
          {"Subscribe", kept(user.attributes, "Subscribe")},
          {"Comment", user.comment}};
}

Json gorse_json(const store::Event& event) {
  return {{"FeedbackType", event.kind},
          {"UserId", event.user},
          {"ItemId", event.item},
          {"Timestamp", utc(event.time)},
          {"Comment", ""}};
}

}  // namespace monet::api
