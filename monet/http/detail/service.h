#pragma once

#include "monet/http/detail/admission.h"
#include "monet/http/detail/request_parser.h"
#include "monet/http/detail/stream.h"
#include "monet/http/server.h"

#include <atomic>
#include <cstdint>
#include <optional>

namespace monet::http {

/// What all connections of a server share.
struct Service {
  Service(ServerOptions of, Handler handle);

  const ServerOptions options;
  const Handler handler;
  ParserLimits limits;
  std::optional<Tls> tls;
  Admission admission;
  Admission turned_away{64, 0};  // who gets a 503 while all places are taken; more are just closed
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> bad{0};
  std::atomic<std::uint64_t> timeouts{0};
};

}  // namespace monet::http
