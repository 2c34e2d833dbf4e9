#include "monet/api/problem.h"

#include "monet/core/log.h"

#include <string>

namespace monet::api {

namespace {

/// Without the backticks in which messages name options.
std::string plain(std::string_view message) {
  std::string text;
  for (const char c : message) {
    if (c != '`') text += c;
  }
  return text;
}

}  // namespace

http::Response response_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Problem& problem) {
    http::Response response = http::problem(problem.status(), plain(problem.what()));
    if (problem.retry_after() > 0) response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after()));
    if (problem.status() == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
  } catch (const InvalidArgument& wrong) {
    return http::problem(400, plain(wrong.what()));
  } catch (const DataError& wrong) {
    return http::problem(400, plain(wrong.what()));
  } catch (const IoError& refused) {
    log::warning("{}", refused.what());
    http::Response response = http::problem(503, "what is kept on disk cannot be reached now; nothing was changed");
    response.headers.emplace_back("Retry-After", "1");
    return response;
  } catch (const std::exception& unexpected) {
    log::warning("internal error: {}", unexpected.what());
    return http::problem(500, "something went wrong here; the log says more");
  }
}

http::Response busy() {
  http::Response response = http::problem(503, "there is too much to do just now; ask again in a second");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace monet::api
