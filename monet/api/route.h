#pragma once

#include "monet/api/body.h"
#include "monet/api/keys.h"
#include "monet/http/request.h"
#include "monet/http/server.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::api {

/// A request that a route answers.
struct Call {
  http::Request request;
  std::vector<std::string> values;  // of the pattern's {names}, in order
  http::Reply reply;
};

/// Where a route's work is done.
enum class Work {
  at_once,  // on the server's thread: nothing that takes longer than some microseconds
  queued,   // on a thread of the work queue; full: 503
};

/// One thing that can be asked for: what answers it, and what its documentation is made of.
struct Route {
  std::string_view method = {};
  std::string_view pattern = {};  // "/v1/users/{user}/recommendations"
  Role role = Role::read;
  Work work = Work::queued;
  std::string_view summary = {};
  std::string_view query = {};            // names of parameters, separated by spaces
  std::string_view body = {};             // an example of the body, JSON; empty: there is none
  bool picture = false;                   // the body is a picture, of at most kMostPictureBytes
  std::string_view answer = {};           // an example of what is answered
  int status = 200;                       // when all is well
  std::function<void(Call)> handle = {};  // what it throws is answered (response_of)
};

/// Of a picture that is sent.
inline constexpr std::size_t kMostPictureBytes = std::size_t{8} << 20;
/// Of a body that is a list: 800 bytes for each of 10,000 interactions.
inline constexpr std::size_t kMostListBytes = std::size_t{8} << 20;
/// For http::ServerOptions::body_limit: the longest body that a path may be sent, `otherwise` where it says nothing.
std::size_t body_limit(std::string_view path, std::size_t otherwise);

/// The values of the pattern's {names} where the path's segments are like it, with or without a slash at the end.
bool matches(std::string_view pattern, const std::vector<std::string>& segments, std::vector<std::string>& values);

/// The routes as an OpenAPI 3.1 document.
Json openapi(const std::vector<Route>& routes, std::string_view version);

}  // namespace monet::api
