#include "monet/http/response.h"

#include "monet/core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace monet::http {

namespace {

/// RFC 9110, 6585 and 7725.
constexpr std::array<std::pair<int, std::string_view>, 44> kReasons = {{{200, "OK"},
                                                                        {201, "Created"},
                                                                        {202, "Accepted"},
                                                                        {203, "Non-Authoritative Information"},
                                                                        {204, "No Content"},
                                                                        {205, "Reset Content"},
                                                                        {206, "Partial Content"},
                                                                        {300, "Multiple Choices"},
                                                                        {301, "Moved Permanently"},
                                                                        {302, "Found"},
                                                                        {303, "See Other"},
                                                                        {304, "Not Modified"},
                                                                        {307, "Temporary Redirect"},
                                                                        {308, "Permanent Redirect"},
                                                                        {400, "Bad Request"},
                                                                        {401, "Unauthorized"},
                                                                        {402, "Payment Required"},
                                                                        {403, "Forbidden"},
                                                                        {404, "Not Found"},
                                                                        {405, "Method Not Allowed"},
                                                                        {406, "Not Acceptable"},
                                                                        {407, "Proxy Authentication Required"},
                                                                        {408, "Request Timeout"},
                                                                        {409, "Conflict"},
                                                                        {410, "Gone"},
                                                                        {411, "Length Required"},
                                                                        {412, "Precondition Failed"},
                                                                        {413, "Content Too Large"},
                                                                        {414, "URI Too Long"},
                                                                        {415, "Unsupported Media Type"},
                                                                        {416, "Range Not Satisfiable"},
                                                                        {417, "Expectation Failed"},
                                                                        {421, "Misdirected Request"},
                                                                        {422, "Unprocessable Content"},
                                                                        {426, "Upgrade Required"},
                                                                        {428, "Precondition Required"},
                                                                        {429, "Too Many Requests"},
                                                                        {431, "Request Header Fields Too Large"},
                                                                        {451, "Unavailable For Legal Reasons"},
                                                                        {500, "Internal Server Error"},
                                                                        {501, "Not Implemented"},
                                                                        {502, "Bad Gateway"},
                                                                        {503, "Service Unavailable"},
                                                                        {504, "Gateway Timeout"}}};

bool is_token(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

void check_value(std::string_view name, std::string_view value) {
  const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; };
  if (std::any_of(value.begin(), value.end(), is_control)) {
    fail<InvalidArgument>("[http] the value of the header {} holds a control character", name);
  }
}

bool belongs_to_server(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr std::array<std::string_view, 5> kOwn = {"connection", "content-length", "content-type", "date",
                                                    "transfer-encoding"};
  return std::find(kOwn.begin(), kOwn.end(), lower) != kOwn.end();
}

}  // namespace

void check(const Response& response) {
  if (response.status < 200 || response.status > 599) {
    fail<InvalidArgument>("[http] a response has the status {}, not one from 200 to 599", response.status);
  }
  check_value("Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) {
    if (!is_token(name)) fail<InvalidArgument>("[http] '{}' cannot be the name of a header", name);
    if (belongs_to_server(name)) fail<InvalidArgument>("[http] the header {} is set by the server", name);
    check_value(name, value);
  }
}

std::string_view reason_phrase(int status) {
  const auto found =
      std::find_if(kReasons.begin(), kReasons.end(), [&](const auto& pair) { return pair.first == status; });
  return found == kReasons.end() ? "Error" : found->second;
}

Response problem(int status, std::string_view detail) {
  nlohmann::ordered_json body;
  body["type"] = "about:blank";
  body["title"] = reason_phrase(status);
  body["status"] = status;
  body["detail"] = detail;
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}

}  // namespace monet::http
