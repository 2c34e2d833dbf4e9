#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::http {

/// What a handler answers. The server adds Date, Content-Length and Connection; for HEAD it sends everything but the
/// body, with 204 and 304 none either.
struct Response {
  int status = 200;               // 200 to 599
  std::string content_type = {};  // empty: no such header
  std::string body = {};
  std::shared_ptr<const std::string> shared_body =
      {};  // where set, in the place of `body`: many answers share the bytes
  std::vector<std::pair<std::string, std::string>> headers = {};  // further ones: {"Retry-After", "1"}

  std::string_view content() const { return shared_body ? std::string_view(*shared_body) : std::string_view(body); }
};

/// Throws InvalidArgument unless the response can be sent as it is: a status from 200 to 599, names that are tokens,
/// values without control characters (a line break would begin another header), none of the headers that the server
/// sets itself.
void check(const Response& response);

/// "Not Found" for 404; "Error" for what RFC 9110 does not name.
std::string_view reason_phrase(int status);

/// The body of every error (RFC 9457): application/problem+json with type "about:blank", the status' reason phrase as
/// its title, the status, and `detail`: one sentence for the person who reads it. Bytes of it that are not UTF-8 become
/// U+FFFD.
Response problem(int status, std::string_view detail);

}  // namespace monet::http
