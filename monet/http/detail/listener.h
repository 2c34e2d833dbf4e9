#pragma once

#include "monet/core/files/io_error.h"
#include "monet/http/detail/loop.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace monet::http {

/// Connections that come to an address, each with that of the other side.
class Listener {
 public:
  using Accepted = std::function<void(files::Descriptor socket, std::string peer)>;

  /// Binds and listens. Throws InvalidArgument for what is no IP address, IoError where the system refuses.
  Listener(Loop& loop, const std::string& address, std::uint16_t port, Accepted accepted);
  ~Listener();

  std::uint16_t port() const { return port_; }
  /// Accepts from now on; `accepted` is called on the loop's thread. Where descriptors run out it waits a little: those
  /// who come stay in the system's queue.
  void start();
  /// Of the loop's thread.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::uint16_t port_ = 0;
};

}  // namespace monet::http
