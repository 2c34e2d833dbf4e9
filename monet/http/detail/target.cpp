#include "monet/http/detail/target.h"

#include <simdjson.h>

#include <algorithm>

namespace monet::http {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Appends the decoded text and says what is wrong with it; empty: nothing.
std::string_view percent_decode(std::string& out, std::string_view text, bool plus_is_space) {
  const std::size_t begin = out.size();
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '%') {
      const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
      const int low = high < 0 ? -1 : hex_digit(text[at + 2]);
      if (low < 0) return "a % is not followed by two hexadecimal digits";
      c = static_cast<char>(static_cast<unsigned char>(high * 16 + low));
      if (c == '\0') return "it holds a NUL (%00)";
      at += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    out.push_back(c);
  }
  if (!simdjson::validate_utf8(out.data() + begin, out.size() - begin)) return "what it decodes to is not UTF-8";
  return {};
}

/// The text before the separator; what is after it stays in `rest`.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view piece = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return piece;
}

std::string_view read_path(Request& request, std::string_view path) {
  if (const auto wrong = percent_decode(request.path, path, false); !wrong.empty()) return wrong;
  path.remove_prefix(1);
  if (path.empty()) return {};
  // A character that is cut by a slash, though whole without it, is no text either.
  for (;;) {
    const std::size_t end = path.find('/');
    if (const auto wrong = percent_decode(request.segments.emplace_back(), path.substr(0, end), false);
        !wrong.empty()) {
      return wrong;
    }
    if (end == std::string_view::npos) return {};
    path.remove_prefix(end + 1);
  }
}

std::string_view read_query(Request& request, std::string_view query) {
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    if (value.empty()) continue;
    const std::string_view name = take_until(value, '=');
    auto& pair = request.query.emplace_back();
    if (const auto wrong = percent_decode(pair.first, name, true); !wrong.empty()) return wrong;
    if (const auto wrong = percent_decode(pair.second, value, true); !wrong.empty()) return wrong;
  }
  return {};
}

/// Drops "http://shop" of "http://shop/a?n=5", as proxies are asked.
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const bool same = target.size() > scheme.size() &&
                      std::equal(scheme.begin(), scheme.end(), target.begin(),
                                 [](char a, char b) { return a == b || (b >= 'A' && b <= 'Z' && a == b - 'A' + 'a'); });
    if (same) {
      const std::size_t end = target.find_first_of("/?", scheme.size());
      return end == std::string_view::npos ? std::string_view() : target.substr(end);
    }
  }
  return target;
}

}  // namespace

std::string read_target(Request& request) {
  const std::string_view sent = request.target;
  if (!std::all_of(sent.begin(), sent.end(), [](char c) { return c > ' ' && c < 0x7f; })) {
    return "The request's target holds bytes beyond ASCII: percent-encode them.";
  }
  if (sent.find('#') != std::string_view::npos) return "The request's target holds a #: percent-encode it.";
  if (sent == "*") {
    request.path = sent;
    return request.method == "OPTIONS" ? "" : "The target * is for OPTIONS only.";
  }
  std::string_view query = without_authority(sent);
  const bool absolute = query.size() != sent.size();
  std::string_view path = take_until(query, '?');
  if (path.empty() && absolute) path = "/";
  if (path.empty() || path.front() != '/') return "The request's target does not begin with a slash.";
  std::string_view wrong = read_path(request, path);
  if (!wrong.empty()) return "The request's path cannot be decoded: " + std::string(wrong) + ".";
  wrong = read_query(request, query);
  if (!wrong.empty()) return "The request's query cannot be decoded: " + std::string(wrong) + ".";
  return {};
}

}  // namespace monet::http
