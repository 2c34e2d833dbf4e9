#pragma once

#include "monet/core/files/io_error.h"

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace monet::http {

/// What came back. Names of headers are in lower case.
struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;
};

/// A client that sends exactly the bytes that it is told to.
class Client {
 public:
  enum class Over { tcp, tls };

  /// A socket that is not connected yet.
  Client();
  /// To 127.0.0.1, from `from`.
  explicit Client(std::uint16_t port, Over over = Over::tcp, const char* from = "127.0.0.1");
  ~Client();
  Client(Client&&) = delete;
  Client& operator=(Client&&) = delete;

  /// Throws runtime_error where nobody listens.
  void connect(std::uint16_t port);
  /// False where the other side has gone.
  bool send(std::string_view bytes);
  /// The next response; none where the connection ended before it, or nothing came for a minute. That of a HEAD request
  /// has no body.
  std::optional<Answer> receive(bool head_only = false);
  std::optional<Answer> ask(std::string_view request) {
    send(request);
    return receive();
  }
  /// Waits for the end of the connection; false where something comes before it, or nothing for a minute.
  bool ended();
  /// Says that nothing more will be sent.
  void half_close();
  int descriptor() const { return socket_.get(); }

 private:
  bool fill();

  files::Descriptor socket_;
  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<ssl_st> tls_;
  std::string buffer_;
};

inline std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: shop\r\n\r\n";
}

/// Looks again and again for a minute whether the condition holds.
template <class Condition>
bool eventually(Condition condition) {
  for (const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);;) {
    if (condition()) return true;
    if (std::chrono::steady_clock::now() > end) return false;
    timespec pause{0, 2'000'000};
    nanosleep(&pause, nullptr);
  }
}

}  // namespace monet::http
