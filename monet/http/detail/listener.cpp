#include "monet/http/detail/listener.h"

#include "monet/core/error.h"
#include "monet/core/log.h"

#include <utility>  // g++ 12: before Asio

#include <sys/socket.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>

namespace monet::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr int kAtOnce = 64;  // connections accepted before others of the loop have their turn
constexpr std::chrono::milliseconds kPause{100};

[[noreturn]] void fail_listen(const std::string& address, std::uint16_t port, int error) {
  const std::string where = address.find(':') == std::string::npos ? address : "[" + address + "]";
  if (error == EADDRINUSE) {
    fail<IoError>("{}:{}: cannot listen: another program does; choose another `port`", where, port);
  }
  if (error == EACCES) {
    fail<IoError>("{}:{}: cannot listen: not permitted; choose a `port` from 1024 on", where, port);
  }
  if (error == EADDRNOTAVAIL) {
    fail<IoError>("{}:{}: cannot listen: this machine has no such address; choose another `address`", where, port);
  }
  fail<IoError>("{}:{}: cannot listen: {}", where, port, std::strerror(error));
}

files::Descriptor listen_on(const std::string& address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    fail<InvalidArgument>("`address` is '{}', expected an IP address such as 127.0.0.1, 0.0.0.0 or ::1", address);
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  // Close-on-exec: programs that are started meanwhile would hold the port.
  files::Descriptor socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  const int off = 0;
  if (!socket.valid() || ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      (found->ai_family == AF_INET6 && ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) != 0) ||
      ::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0 || ::listen(socket.get(), SOMAXCONN) != 0) {
    fail_listen(address, port, errno);
  }
  return socket;
}

/// "127.0.0.1", also where it comes as ::ffff:127.0.0.1.
std::string text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text.data(), text.size());
  } else {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
      ::inet_ntop(AF_INET, v6.s6_addr + 12, text.data(), text.size());
    } else {
      ::inet_ntop(AF_INET6, &v6, text.data(), text.size());
    }
  }
  return text.data();
}

std::uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    fail<IoError>("[http] cannot ask for the port: {}", std::strerror(errno));
  }
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace

struct Listener::State : std::enable_shared_from_this<State> {
  State(Loop& loop, files::Descriptor listening, Accepted to)
      : descriptor(loop.context(), listening.release()), timer(loop.context()), accepted(std::move(to)) {}

  void wait() {
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](const error_code& error) {
                            if (!error) self->accept();
                          });
  }

  void accept() {
    for (int k = 0; k < kAtOnce; ++k) {
      sockaddr_storage address{};
      socklen_t size = sizeof(address);
      files::Descriptor socket(::accept4(descriptor.native_handle(), reinterpret_cast<sockaddr*>(&address), &size,
                                         SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (socket.valid()) {
        short_of_memory = false;
        accepted(std::move(socket), text_of(address));
        continue;
      }
      if (errno == EAGAIN) break;
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return pause(errno);
      // What is left belongs to one connection that has ended already (accept(2)).
    }
    wait();
  }

  void pause(int error) {
    if (!short_of_memory) log::warning("connections have to wait: {}", std::strerror(error));
    short_of_memory = true;
    timer.expires_after(kPause);
    timer.async_wait([self = shared_from_this()](const error_code& stopped) {
      if (!stopped && self->descriptor.is_open()) self->accept();
    });
  }

  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer;
  Accepted accepted;
  bool short_of_memory = false;  // or of descriptors
};

Listener::Listener(Loop& loop, const std::string& address, std::uint16_t port, Accepted accepted) {
  files::Descriptor socket = listen_on(address, port);
  port_ = port_of(socket.get());
  state_ = std::make_shared<State>(loop, std::move(socket), std::move(accepted));
}

Listener::~Listener() = default;

void Listener::start() {
  state_->wait();
}

void Listener::stop() {
  error_code ignored;  // the descriptor is released in any case
  state_->descriptor.close(ignored);
  state_->timer.cancel();
}

}  // namespace monet::http
