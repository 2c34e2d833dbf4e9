#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::http {

/// A request that was read whole and checked: `GET /v1/items/a%2Fb?n=5` has the path "/v1/items/a/b", the segments
/// {"v1", "items", "a/b"} and the query {{"n", "5"}}. Path, segments and query were decoded once; they are UTF-8
/// without NUL, but may hold any other character. What is malformed was answered 400 and comes to no handler.
struct Request {
  using Pair = std::pair<std::string, std::string>;

  std::string method;  // GET HEAD POST PUT PATCH DELETE OPTIONS
  std::string target;  // as it was sent
  std::string path;    // "*" for OPTIONS *
  /// What stands between the path's slashes, decoded one by one: a decoded slash separates nothing. "/" has none, "/a/"
  /// ends with an empty one. Dots are left as they are.
  std::vector<std::string> segments;
  std::vector<Pair> query;    // in order, names may come more than once; `+` is a space
  std::vector<Pair> headers;  // in order, values without outer blanks, any bytes but control characters
  std::string body;           // of a chunked request, too; at most the limit
  std::string peer;           // the other side's address: 127.0.0.1, ::1
  bool tls = false;

  /// The first header of this name, whatever its case; nullptr where there is none.
  const std::string* header(std::string_view name) const;
  /// The first query parameter of exactly this name; nullptr where there is none.
  const std::string* parameter(std::string_view name) const;
};

}  // namespace monet::http
