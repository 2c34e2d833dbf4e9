#include "monet/api/answers.h"

#include "monet/api/problem.h"
#include "monet/recommend/json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cctype>
#include <ctime>

namespace monet::api {

http::Response json_response(const Json& value, int status) {
  http::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return response;
}

Json fallback_json(serve::Source source) {
  switch (source) {
    case serve::Source::recent: return "recent";
    case serve::Source::popularity: return "popularity";
    case serve::Source::model: break;
  }
  return nullptr;
}

std::string picture_path(std::string_view item) {
  std::string path = "/v1/items/";
  for (const char c : item) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
      path += c;
    } else {
      path += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return path + "/picture";
}

Json suggestion_json(const serve::Suggestion& item) {
  Json json{{"item", item.scored.item}};
  if (!item.scored.title.empty()) json["title"] = item.scored.title;
  json["score"] = item.pinned ? Json() : Json(recommend::shortest(item.scored.score));
  if (item.pinned) json["pinned"] = true;
  if (!item.categories.empty()) json["categories"] = item.categories;
  if (item.price) json["price"] = *item.price;
  if (item.picture) json["picture"] = picture_path(item.scored.item);
  if (item.scored.explanation) json["explanation"] = recommend::explanation_json(*item.scored.explanation);
  return json;
}

Json suggestions_json(const std::vector<serve::Suggestion>& items) {
  Json list = Json::array();
  for (const serve::Suggestion& item : items) {
    Json entry{{"rank", list.size() + 1}};
    entry.update(suggestion_json(item));
    list.push_back(std::move(entry));
  }
  return list;
}

Json answer_json(const serve::Ask& ask, const serve::Answer& answer) {
  if (!answer.refused.empty()) throw InvalidArgument(answer.refused);
  if (!answer.failed.empty()) throw InternalError(answer.failed);
  Json json;
  json["user"] = ask.user ? Json(*ask.user) : Json();
  json["history"] = answer.history;
  json["fresh"] = answer.fresh;
  json["fallback"] = fallback_json(answer.source);
  json["exact"] = candidates::to_string(answer.exactness);
  json["artifact"] = answer.loaded->version;
  if (!answer.ignored.empty()) json["ignored"] = answer.ignored;
  json["items"] = suggestions_json(answer.items);
  return json;
}

Json item_json(const store::Item& item, const std::string& why_not) {
  Json json{{"item", item.id}};
  if (!item.title.empty()) json["title"] = item.title;
  if (!item.description.empty()) json["description"] = item.description;
  if (!item.categories.empty()) json["categories"] = item.categories;
  if (!item.brand.empty()) json["brand"] = item.brand;
  if (item.price) json["price"] = *item.price;
  json["available"] = item.available;
  json["hidden"] = item.hidden;
  if (!item.picture.empty()) json["picture"] = picture_path(item.id);
  json["recommendable"] = why_not.empty();
  if (!why_not.empty()) json["reason"] = why_not;
  return json;
}

Json event_json(const store::Event& event) {
  Json json{{"user", event.user}, {"item", event.item}, {"kind", event.kind}, {"time", utc(event.time)}};
  if (event.weight) json["weight"] = *event.weight;
  if (!event.key.empty()) json["key"] = event.key;
  return json;
}

std::string utc(std::int64_t unix_seconds) {
  const auto time = static_cast<std::time_t>(unix_seconds);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

}  // namespace monet::api
