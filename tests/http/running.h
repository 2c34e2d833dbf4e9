#pragma once

#include "monet/http/server.h"

#include <cstdint>
#include <utility>

namespace monet::http {

struct Running {
  explicit Running(Handler handler, ServerOptions options = {}) : server(std::move(options), std::move(handler)) {
    server.start();
  }
  std::uint16_t port() const { return server.port(); }

  Server server;
};

/// Answers the path.
inline void say_path(Request request, Reply reply) {
  reply.send({.content_type = "text/plain", .body = request.path});
}

}  // namespace monet::http
