#pragma once

#include "monet/http/request.h"
#include "monet/http/response.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace monet::http {

/// The way back to one client. Copies are the same reply; the last one that goes unsent answers 500.
class Reply {
 public:
  /// For whoever calls a handler without a server (tests): `deliver` gets the response, once, from the thread that sent
  /// it.
  explicit Reply(std::function<void(Response)> deliver);

  /// At once or later, from any thread, also after the server is gone (it then goes nowhere). Does not block. Throws
  /// InvalidArgument for a response that cannot be sent (`check`) and leaves the reply unsent; InternalError for a
  /// second one.
  void send(Response response) const;

 private:
  struct Pending;
  std::shared_ptr<Pending> pending_;
};

/// Called on a thread of the server for each request: it must not block, and what takes longer than a millisecond sends
/// its reply from another thread. What it throws is logged and answered 500.
using Handler = std::function<void(Request, Reply)>;

/// Deadlines hold for the whole of what they bound: one byte now and then does not stretch them.
struct ServerOptions {
  std::string address = "127.0.0.1";  // an IP address; "::" and "0.0.0.0" are all of the machine's
  std::uint16_t port = 0;             // 0: any free one (`Server::port`)
  unsigned threads = 1;               // each connection belongs to one of them
  std::filesystem::path certificate =
      {};                          // PEM, the chain after the server's own; with `key`: HTTPS only (TLS 1.2, 1.3)
  std::filesystem::path key = {};  // PEM, not encrypted

  std::size_t header_bytes = 16 << 10;  // request line and headers together; more: 431
  std::size_t header_fields = 100;      // more: 431
  std::size_t body_bytes = 1 << 20;     // more: 413, without reading it
  /// Where set, the limit for the body of a request with this (decoded) path in the place of `body_bytes`.
  std::function<std::size_t(std::string_view path)> body_limit = {};
  /// Told of requests that the server refuses itself (400, 408, 413, 431 …), with what was read of them; on a thread of
  /// the server: it must not block, nor throw.
  std::function<void(const Request&, int status)> refused = {};
  std::chrono::milliseconds header_deadline{10'000};  // from the first byte; of a new connection from accepting it
  std::chrono::milliseconds body_deadline{30'000};    // plus a second for each 64 KiB of it
  std::chrono::milliseconds idle_deadline{75'000};    // between requests
  std::chrono::milliseconds write_deadline{30'000};   // for a response
  std::size_t connections = 4096;                     // more are answered 503 (with TLS: closed)
  std::size_t connections_of_peer = 0;                // of one address; 0: any number
};

/// Of the server's life until now.
struct Counters {
  std::uint64_t open = 0;      // connections now
  std::uint64_t accepted = 0;  // connections
  std::uint64_t refused = 0;   // connections, by a limit
  std::uint64_t requests = 0;  // that came to the handler
  std::uint64_t bad = 0;       // requests that the server refused itself (400, 413, 431 …)
  std::uint64_t timeouts = 0;  // connections that were cut by a deadline other than the idle one
};

/// An HTTP/1.1 server, also over TLS: keep-alive, pipelining (answered in order), chunked requests, 100-continue.
/// Example:
///
///   http::Server server({.port = 8080}, [](http::Request request, http::Reply reply) {
///     reply.send({.content_type = "text/plain", .body = request.path});
///   });
///   server.start();
class Server {
 public:
  /// Binds and listens, so that connections wait from now on. Throws InvalidArgument for options out of range, IoError
  /// where the port is taken or not allowed, DataError where certificate or key cannot be used.
  Server(ServerOptions options, Handler handler);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// `stop` without grace.
  ~Server();

  std::uint16_t port() const;
  /// Starts the threads and answers. Once.
  void start();
  /// Accepts no more, closes idle connections, waits until requests that have begun are answered, at most for `grace`,
  /// and closes what is left. Not from a handler. A second call does nothing.
  void stop(std::chrono::milliseconds grace);
  /// From any thread.
  Counters counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace monet::http
