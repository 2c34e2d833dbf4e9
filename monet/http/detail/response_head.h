#pragma once

#include "monet/http/response.h"

#include <string>

namespace monet::http {

struct HeadOf {
  bool close = false;       // the last response of its connection
  bool keep_alive = false;  // to be said: HTTP/1.0 does not imply it
};

/// Status line and headers with the empty line after them. The response must have passed `check`.
std::string response_head(const Response& response, HeadOf how);

/// Whether a response of this status carries a body.
inline bool has_body(int status) {
  return status != 204 && status != 304;
}

}  // namespace monet::http
