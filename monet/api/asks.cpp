#include "monet/api/asks.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <utility>

namespace monet::api {

namespace {

constexpr std::int64_t kMostDrivers = 100;

serve::Rules rules_of(Body rules) {
  serve::Rules result;
  result.exclude = rules.texts("exclude").value_or(std::vector<std::string>());
  result.only = rules.texts("only");
  result.categories = rules.texts("categories").value_or(std::vector<std::string>());
  if (std::optional<Body> price = rules.object("price")) {
    result.price = serve::PriceRange{price->number("least"), price->number("most")};
    price->finish();
  }
  result.available = rules.flag("available").value_or(true);
  result.seen = rules.flag("seen").value_or(false);
  result.most_per_category = rules.integer("most_per_category", 1).value_or(0);
  result.diversity = rules.number("diversity").value_or(0.0);
  result.pinned = rules.texts("pinned").value_or(std::vector<std::string>());
  rules.finish();
  return result;
}

Json list_of(const std::string& text) {
  Json list = Json::array();
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) list.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return list;
}

Json number_of(const std::string& name, const std::string& text) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    refuse(400, "{} must be a number, not '{}'", name, text);
  const bool is_whole = number > -1e15 && number < 1e15 && number == std::trunc(number);
  return is_whole ? Json(static_cast<std::int64_t>(number)) : Json(number);
}

Json flag_of(const std::string& name, const std::string& text) {
  if (text != "true" && text != "false") refuse(400, "{} must be true or false, not '{}'", name, text);
  return text == "true";
}

}  // namespace

serve::Ask ask_of(const Json& body) {
  Body fields(body);
  serve::Ask ask;
  ask.user = fields.text("user");
  ask.history = fields.texts("history").value_or(std::vector<std::string>());
  ask.k = fields.integer("k", 1).value_or(ask.k);
  if (const std::optional<double> beta = fields.number("beta")) ask.beta = static_cast<float>(*beta);
  ask.exact = fields.flag("exact").value_or(true);
  ask.explain = fields.flag("explain").value_or(false);
  ask.max_drivers = static_cast<int>(fields.integer("drivers", 0, kMostDrivers).value_or(ask.max_drivers));
  if (const std::optional<Body> rules = fields.object("rules")) ask.rules = rules_of(*rules);
  fields.finish();
  return ask;
}

serve::Ask ask_of(const http::Request& request, std::string user) {
  Json body = Json::object();
  Json rules = Json::object();
  body["user"] = std::move(user);
  for (const auto& [name, text] : request.query) {
    if (name == "k" || name == "beta" || name == "drivers") {
      body[name] = number_of(name, text);
    } else if (name == "explain" || name == "exact") {
      body[name] = flag_of(name, text);
    } else if (name == "history") {
      body[name] = list_of(text);
    } else if (name == "exclude" || name == "only" || name == "categories" || name == "pinned") {
      rules[name] = list_of(text);
    } else if (name == "available" || name == "seen") {
      rules[name] = flag_of(name, text);
    } else if (name == "most_per_category" || name == "diversity") {
      rules[name] = number_of(name, text);
    } else if (name == "least_price" || name == "most_price") {
      rules["price"][name == "least_price" ? "least" : "most"] = number_of(name, text);
    } else {
      refuse(400, "no parameter is called '{}'", name);
    }
  }
  body["rules"] = std::move(rules);
  return ask_of(body);
}

std::int64_t integer_parameter(const http::Request& request, const char* name, std::int64_t otherwise,
                               std::int64_t least, std::int64_t most) {
  const std::string* text = request.parameter(name);
  if (text == nullptr) return otherwise;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < least || number > most) {
    refuse(400, "{} must be a whole number in [{}, {}], not '{}'", name, least, most, *text);
  }
  return number;
}

void check_parameters(const http::Request& request, std::initializer_list<std::string_view> known) {
  for (const auto& [name, text] : request.query) {
    if (std::find(known.begin(), known.end(), name) == known.end()) refuse(400, "no parameter is called '{}'", name);
  }
}

}  // namespace monet::api
