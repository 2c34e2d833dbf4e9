#pragma once

#include "monet/http/request.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace monet::http {

struct ParserLimits {
  std::size_t header_bytes = 0;  // request line and headers, their line ends too; of trailers as much again
  std::size_t header_fields = 0;
  std::function<std::size_t(std::string_view path)> body_bytes;
};

/// One request from the bytes of a connection, with every check that needs no socket. Takes them in pieces of any size,
/// and comes to the same end whatever the pieces are.
class RequestParser {
 public:
  enum class State {
    header,
    body,  // the header is whole and accepted, the body is not here yet
    complete,
    refused
  };
  /// How the server answers in the place of a handler.
  struct Refusal {
    int status = 0;
    std::string detail;
  };

  /// `limits` must outlive it.
  explicit RequestParser(const ParserLimits& limits);
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;
  ~RequestParser();

  /// Takes bytes and returns how many it used up; the rest is to be given again, with what has come behind it. Stops at
  /// the end of a request, and once at the end of its header. In the states `header` and `body` the rest is at most as
  /// long as the limit of the header.
  std::size_t put(std::string_view bytes);

  State state() const;
  const Refusal& refusal() const;
  /// From the state `body` on without the body, from `complete` on with it. Trailers are dropped: nobody has checked
  /// what they would override.
  Request& request();
  /// The client waits for "100 Continue" before it sends the body.
  bool expects_continue() const;
  /// The connection may carry another request after this one.
  bool keep_alive() const;
  /// HTTP/1.1, not HTTP/1.0.
  bool is_1_1() const;
  /// The length that was declared, of a chunked request the limit.
  std::size_t body_bytes() const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace monet::http
