#pragma once

#include "monet/api/body.h"
#include "monet/http/response.h"
#include "monet/serve/ask.h"
#include "monet/store/event.h"
#include "monet/store/item.h"

#include <string>
#include <string_view>

namespace monet::api {

/// A JSON answer.
http::Response json_response(const Json& value, int status = 200);

/// The words for `fallback` in an answer; null where the model ranked.
Json fallback_json(serve::Source source);

/// An answer without the time that it took. Problem 400 or 500 where there is none.
Json answer_json(const serve::Ask& ask, const serve::Answer& answer);
/// With ranks from 1, scores as the shortest decimals that read back as they are.
Json suggestions_json(const std::vector<serve::Suggestion>& items);
Json suggestion_json(const serve::Suggestion& item);

/// An item as the store has it; `why_not`: why it is in no list, empty where it may be (serve/added_items.h).
Json item_json(const store::Item& item, const std::string& why_not);
/// Where the page finds an item's picture.
std::string picture_path(std::string_view item);

Json event_json(const store::Event& event);

/// "2025-01-02T03:04:05Z".
std::string utc(std::int64_t unix_seconds);

}  // namespace monet::api
