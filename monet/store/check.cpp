#include "monet/store/check.h"

#include "monet/core/error.h"
#include "monet/input/number_text.h"
#include "monet/input/text.h"
#include "monet/input/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace monet::store {

namespace {

/// C0, DEL, C1, and Unicode's separators of lines and paragraphs.
bool holds_control_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0) return true;
    if (text.substr(at, 3) == "\xe2\x80\xa8" || text.substr(at, 3) == "\xe2\x80\xa9") return true;
  }
  return false;
}

void require_short(std::string_view text, std::string_view what, std::size_t most) {
  if (text.size() > most) {
    fail<DataError>("{} '{}' is {} bytes long; at most {} are kept", what, input::excerpt(text), text.size(), most);
  }
}

/// What holds of all texts.
void check_text(std::string_view text, std::string_view what, std::size_t most) {
  require_short(text, what, most);
  if (!input::is_utf8(text)) fail<DataError>("{} is not UTF-8; send it as UTF-8", what);
  if (text.find('\0') != std::string_view::npos) fail<DataError>("{} holds a NUL character; leave it out", what);
}

/// A name of something: no more than a word or a line.
void check_name(std::string_view name, std::string_view what) {
  check_text(name, what, kMostIdBytes);
  if (name.empty()) fail<DataError>("{} is empty; it has 1 to {} bytes", what, kMostIdBytes);
  if (holds_control_character(name)) {
    fail<DataError>("{} '{}' holds a control character (such as a line end); leave it out", what, name);
  }
  if (input::trimmed(name).size() != name.size()) {
    fail<DataError>("{} '{}' has blanks at an end; send it without", what, name);
  }
}

void check_json(const std::string& text, std::string_view what) {
  check_text(text, what, kMostTextBytes);
  if (!nlohmann::json::accept(text)) {
    fail<DataError>("{} '{}' are no JSON; {{}} stands for none", what, input::excerpt(text));
  }
}

void check_finite(const std::optional<double>& number, std::string_view what) {
  if (number && !std::isfinite(*number)) fail<DataError>("{} is {}; it must be a finite number", what, *number);
}

void check_time(std::int64_t time, std::string_view what) {
  if (time < 0 || time > kLastSecond) {
    fail<DataError>("{} is {}; it is in seconds since 1970, between 0 and {}", what, time, kLastSecond);
  }
}

void check_features(const Features& features, const std::string& place) {
  std::size_t values = 0;
  for (const auto& [name, vector] : features) {
    check_name(name, place + ": the name of features");
    values += vector.size();
    if (!std::all_of(vector.begin(), vector.end(), [](float value) { return std::isfinite(value); })) {
      fail<DataError>("{}: the features '{}' hold a value that is not finite", place, name);
    }
  }
  if (values > kMostFeatureValues) {
    fail<DataError>("{}: {} values of features; at most {} are kept of an item", place, values, kMostFeatureValues);
  }
}

}  // namespace

void check_id(std::string_view id, const char* what) {
  const std::string named = std::string("the ") + what;
  check_name(id, named);
  if (input::is_missing_id(id)) {
    fail<DataError>("{} is '{}', a word for a missing one; send the real one, or nothing at all", named, id);
  }
}

void check_sought(std::string_view text, const char* what) {
  check_text(text, std::string("the ") + what, kMostIdBytes);
}

void check(const Event& event) {
  check_id(event.user, "user id of an event");
  check_id(event.item, "item id of an event");
  check_id(event.kind, "kind of an event");
  if (!event.key.empty()) check_name(event.key, "the idempotency key");
  if (event.weight && !(*event.weight >= kLeastWeight && *event.weight <= kMostWeight)) {
    fail<DataError>("the weight of an event is {}; it must be between {} and {}", *event.weight, kLeastWeight,
                    kMostWeight);
  }
  check_time(event.time, "the time of an event");
}

void check(const Item& item) {
  check_id(item.id, "item id");
  const std::string place = "item '" + item.id + "'";
  check_text(item.title, place + ": its title", kMostTextBytes);
  check_text(item.description, place + ": its description", kMostTextBytes);
  check_text(item.brand, place + ": its brand", kMostTextBytes);
  check_text(item.picture, place + ": its picture", kMostTextBytes);
  if (item.categories.size() > kMostCategories) {
    fail<DataError>("{}: {} categories; at most {} are kept", place, item.categories.size(), kMostCategories);
  }
  for (const std::string& category : item.categories) check_name(category, place + ": its category");
  check_finite(item.price, place + ": its price");
  check_time(item.added, place + ": the time it was added");
  check_json(item.attributes, place + ": its attributes");
  check_features(item.features, place);
}

void check(const User& user) {
  check_id(user.id, "user id");
  const std::string place = "user '" + user.id + "'";
  check_json(user.attributes, place + ": the attributes");
  check_text(user.comment, place + ": the comment", kMostTextBytes);
}

}  // namespace monet::store
