#include "monet/api/body.h"

#include <cmath>
#include <utility>

namespace monet::api {

Json parse_json(std::string_view text) {
  if (text.empty()) refuse(400, "the body is empty; it must be JSON");
  const auto limit = [](int depth, Json::parse_event_t, const Json&) {
    if (depth > kDeepest) refuse(400, "the body nests more than {} levels", kDeepest);
    return true;
  };
  try {
    return Json::parse(text, limit);
  } catch (const nlohmann::json::parse_error& error) {
    refuse(400, "the body is no JSON: wrong at byte {}", error.byte);
  } catch (const nlohmann::json::out_of_range&) {
    refuse(400, "the body holds a number that is too large");
  }
}

Body::Body(const Json& value, std::string where) : value_(value), where_(std::move(where)) {
  if (!value_.is_object()) refuse(400, "{} must be a JSON object", where_.empty() ? "the body" : where_);
}

std::string Body::path(std::string_view key) const {
  return where_.empty() ? std::string(key) : where_ + "." + std::string(key);
}

void Body::wrong(const char* key, std::string_view expected) const {
  refuse(400, "{} must be {}", path(key), expected);
}

const Json* Body::value(const char* key) {
  asked_.insert(key);
  const auto found = value_.find(key);
  return found == value_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> Body::text(const char* key) {
  const Json* found = value(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) wrong(key, "a text in quotes");
  return found->get<std::string>();
}

std::string Body::needed_text(const char* key) {
  std::optional<std::string> found = text(key);
  if (!found || found->empty()) refuse(400, "{} is missing", path(key));
  return *std::move(found);
}

std::optional<bool> Body::flag(const char* key) {
  const Json* found = value(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_boolean()) wrong(key, "true or false");
  return found->get<bool>();
}

std::optional<double> Body::number(const char* key) {
  const Json* found = value(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_number()) wrong(key, "a number");
  const auto number = found->get<double>();
  if (!std::isfinite(number)) wrong(key, "a finite number");
  return number;
}

std::optional<std::int64_t> Body::integer(const char* key, std::int64_t least, std::int64_t most) {
  const Json* found = value(key);
  if (found == nullptr) return std::nullopt;
  const std::string expected = most == std::numeric_limits<std::int64_t>::max()
                                   ? fmt::format("a whole number of at least {}", least)
                                   : fmt::format("a whole number in [{}, {}]", least, most);
  const bool too_large =
      found->is_number_unsigned() &&
      found->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!found->is_number_integer() || too_large) wrong(key, expected);
  const auto number = found->get<std::int64_t>();
  if (number < least || number > most) wrong(key, expected);
  return number;
}

std::optional<std::vector<std::string>> Body::texts(const char* key) {
  const Json* found = value(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_array()) wrong(key, "a list of texts");
  std::vector<std::string> texts;
  for (const Json& entry : *found) {
    if (!entry.is_string()) wrong(key, "a list of texts");
    texts.push_back(entry.get<std::string>());
  }
  return texts;
}

std::optional<std::vector<double>> Body::numbers(const char* key) {
  const Json* found = value(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_array()) wrong(key, "a list of numbers");
  std::vector<double> numbers;
  for (const Json& entry : *found) {
    if (!entry.is_number() || !std::isfinite(entry.get<double>())) wrong(key, "a list of numbers");
    numbers.push_back(entry.get<double>());
  }
  return numbers;
}

std::optional<Body> Body::object(const char* key) {
  const Json* found = value(key);
  if (found == nullptr) return std::nullopt;
  return Body(*found, path(key));
}

void Body::finish() const {
  for (const auto& [key, value] : value_.items()) {
    if (!asked_.contains(key)) refuse(400, "nothing here is called '{}'", path(key));
  }
}

}  // namespace monet::api
