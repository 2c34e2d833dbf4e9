#pragma once

#include <span>
#include <string>
#include <string_view>

namespace monet::web {

/// A file of the page, in memory for as long as the program runs.
struct Asset {
  std::string_view path;  // of its address: "/" is the page, "/page/main.js" a file of it
  std::string_view content_type;
  std::string_view bytes;
  std::string etag;  // quoted, by content
};

/// All of them; the page is the first. They are to be served with the header `Cache-Control: no-cache` and the policy
/// below, and a request whose `If-None-Match` has the etag answered with 304.
std::span<const Asset> assets();

/// The value of `Content-Security-Policy`: nothing from elsewhere, nothing inline. `blob:` are pictures that were
/// fetched with a key.
inline constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace monet::web
