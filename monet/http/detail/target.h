#pragma once

#include "monet/http/request.h"

#include <string>
#include <string_view>

namespace monet::http {

/// Fills path, segments and query of the request from its target ("/a%20b?n=5", "http://shop/a", "*" for OPTIONS).
/// Returns what is wrong with it in one sentence; empty: nothing.
std::string read_target(Request& request);

}  // namespace monet::http
