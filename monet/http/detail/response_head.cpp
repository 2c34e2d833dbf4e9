#include "monet/http/detail/response_head.h"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <iterator>

namespace monet::http {

namespace {

/// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second for each thread.
const std::string& http_date() {
  thread_local std::time_t of = -1;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now == of) return text;
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm at{};
  if (gmtime_r(&now, &at) == nullptr) return text;
  text =
      fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[static_cast<std::size_t>(at.tm_wday)], at.tm_mday,
                  kMonths[static_cast<std::size_t>(at.tm_mon)], at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec);
  of = now;
  return text;
}

}  // namespace

std::string response_head(const Response& response, HeadOf how) {
  std::string head;
  head.reserve(512);
  const auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, reason_phrase(response.status), http_date());
  if (!response.content_type.empty()) fmt::format_to(out, "Content-Type: {}\r\n", response.content_type);
  if (has_body(response.status)) fmt::format_to(out, "Content-Length: {}\r\n", response.content().size());
  if (how.close) head += "Connection: close\r\n";
  if (how.keep_alive && !how.close) head += "Connection: keep-alive\r\n";
  for (const auto& [name, value] : response.headers) fmt::format_to(out, "{}: {}\r\n", name, value);
  head += "\r\n";
  return head;
}

}  // namespace monet::http
