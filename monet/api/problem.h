#pragma once

#include "monet/core/error.h"
#include "monet/http/response.h"

#include <fmt/format.h>

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace monet::api {

/// A request that is answered with an error.
class Problem : public Error {
 public:
  /// `retry_after`: seconds until it is worth asking again; 0: nothing is said of that.
  Problem(int status, std::string_view detail, int retry_after = 0)
      : Error(detail), status_(status), retry_after_(retry_after) {}
  int status() const { return status_; }
  int retry_after() const { return retry_after_; }

 private:
  int status_;
  int retry_after_;
};

template <class... Args>
[[noreturn]] void refuse(int status, fmt::format_string<Args...> format, Args&&... args) {
  throw Problem(status, fmt::format(format, std::forward<Args>(args)...));
}

/// What an exception says to whoever asked: a Problem its own status, what was wrong with the request 400, a store or
/// disk that refuses 503, anything else 500, whose words go to the log only.
http::Response response_of(const std::exception_ptr& error);

/// 503 with Retry-After: the service has too much to do.
http::Response busy();

}  // namespace monet::api
