#include "tests/http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <cctype>
#include <cerrno>
#include <stdexcept>

namespace monet::http {

namespace {

sockaddr_in address_of(const char* text, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, text, &address.sin_addr);
  return address;
}

}  // namespace

Client::Client() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}

void Client::connect(std::uint16_t port) {
  const sockaddr_in server = address_of("127.0.0.1", port);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&server), sizeof(server)) != 0) {
    throw std::runtime_error("cannot connect");
  }
  // Where nobody listens any more, a socket that was given just that port connects to itself.
  sockaddr_in mine{};
  socklen_t size = sizeof(mine);
  if (::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&mine), &size) != 0 ||
      mine.sin_port == server.sin_port) {
    throw std::runtime_error("connected to itself");
  }
}

Client::Client(std::uint16_t port, Over over, const char* from) : Client() {
  const sockaddr_in mine = address_of(from, 0);
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&mine), sizeof(mine)) != 0) {
    throw std::runtime_error("cannot bind");
  }
  connect(port);
  if (over == Over::tcp) return;
  context_.reset(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  tls_.reset(SSL_new(context_.get()), &SSL_free);
  SSL_set_fd(tls_.get(), socket_.get());
  if (SSL_connect(tls_.get()) != 1) throw std::runtime_error("no handshake");
}

Client::~Client() = default;

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Client::fill() {
  pollfd waiting{socket_.get(), POLLIN, 0};
  if (!(tls_ && SSL_pending(tls_.get()) > 0) && ::poll(&waiting, 1, 60'000) != 1) return false;
  char bytes[65536];
  const auto read = tls_ ? SSL_read(tls_.get(), bytes, sizeof(bytes)) : ::recv(socket_.get(), bytes, sizeof(bytes), 0);
  if (read > 0) buffer_.append(bytes, static_cast<std::size_t>(read));
  return read > 0;
}

std::optional<Answer> Client::receive(bool head_only) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  Answer answer;
  std::string_view head = std::string_view(buffer_).substr(0, end + 2);
  answer.status = std::stoi(std::string(head.substr(9, 3)));
  for (head.remove_prefix(head.find("\r\n") + 2); !head.empty(); head.remove_prefix(head.find("\r\n") + 2)) {
    std::string name(head.substr(0, head.find(':')));
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    answer.headers[name] = head.substr(name.size() + 2, head.find("\r\n") - name.size() - 2);
  }
  buffer_.erase(0, end + 4);
  const auto length = answer.headers.find("content-length");
  if (head_only || length == answer.headers.end()) return answer;
  const std::size_t bytes = std::stoul(length->second);
  while (buffer_.size() < bytes) {
    if (!fill()) return std::nullopt;
  }
  answer.body = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return answer;
}

bool Client::ended() {
  if (!buffer_.empty()) return false;
  pollfd waiting{socket_.get(), POLLIN, 0};
  if (::poll(&waiting, 1, 60'000) != 1) return false;
  return !fill();
}

void Client::half_close() {
  ::shutdown(socket_.get(), SHUT_WR);
}

}  // namespace monet::http
