#include "monet/api/route.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace monet::api {

namespace {

std::vector<std::string_view> parts(std::string_view text, char separator) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) result.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

Json example(std::string_view text) {
  return {{"application/json", {{"example", Json::parse(text)}}}};
}

Json parameters(const Route& route) {
  Json list = Json::array();
  for (const std::string_view part : parts(route.pattern, '/')) {
    if (!part.starts_with('{')) continue;
    list.push_back({{"name", part.substr(1, part.find('}') - 1)},
                    {"in", "path"},
                    {"required", true},
                    {"schema", {{"type", "string"}}}});
  }
  for (const std::string_view name : parts(route.query, ' ')) {
    list.push_back({{"name", name}, {"in", "query"}, {"required", false}, {"schema", {{"type", "string"}}}});
  }
  return list;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

bool matches(std::string_view pattern, const std::vector<std::string>& segments, std::vector<std::string>& values) {
  const std::vector<std::string_view> wanted = parts(pattern, '/');
  const bool slash = !segments.empty() && segments.back().empty();  // one at the end changes nothing
  if (wanted.size() + (slash ? 1 : 0) != segments.size()) return false;
  values.clear();
  for (std::size_t p = 0; p < wanted.size(); ++p) {
    if (wanted[p].starts_with('{')) {
      if (segments[p].empty()) return false;
      values.push_back(segments[p]);
    } else if (wanted[p] != segments[p]) {
      return false;
    }
  }
  return true;
}

std::size_t body_limit(std::string_view path, std::size_t otherwise) {
  if (path.starts_with("/v1/items/") && path.ends_with("/picture")) return kMostPictureBytes;
  const bool takes_lists =
      path == "/v1/interactions" || path.starts_with("/api/feedback") || path == "/api/items" || path == "/api/users";
  return takes_lists ? std::max(kMostListBytes, otherwise) : otherwise;
}

Json openapi(const std::vector<Route>& routes, std::string_view version) {
  const Json problem{{"description", "a problem (RFC 9457)"},
                     {"content",
                      {{"application/problem+json",
                        {{"schema",
                          {{"type", "object"},
                           {"properties",
                            {{"type", {{"type", "string"}}},
                             {"title", {{"type", "string"}}},
                             {"status", {{"type", "integer"}}},
                             {"detail", {{"type", "string"}}}}}}}}}}}};
  Json paths = Json::object();
  for (const Route& route : routes) {
    Json operation{{"summary", route.summary}, {"parameters", parameters(route)}};
    if (!route.body.empty()) operation["requestBody"] = {{"required", true}, {"content", example(route.body)}};
    if (route.picture) operation["requestBody"] = {{"required", true}, {"content", {{"image/*", Json::object()}}}};
    Json done{{"description", "done"}};
    if (!route.answer.empty()) done["content"] = example(route.answer);
    operation["responses"] = {{std::to_string(route.status), std::move(done)}, {"default", problem}};
    operation["security"] = Json::array();
    if (route.role != Role::none) {
      operation["security"].push_back({{"key", Json::array()}});
      operation["x-role"] = to_string(route.role);
    }
    paths[std::string(route.pattern)][lower(route.method)] = std::move(operation);
  }
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "monet"}, {"version", version}}},
          {"paths", std::move(paths)},
          {"components", {{"securitySchemes", {{"key", {{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

}  // namespace monet::api
