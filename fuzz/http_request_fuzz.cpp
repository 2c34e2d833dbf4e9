// What a connection sends, through the server's parser, whole and in pieces: both come to the same requests, and what
// is accepted is what the headers of the layer promise. The first byte says how long the pieces are.
#include "monet/http/detail/request_parser.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

namespace {

using monet::http::ParserLimits;
using monet::http::Request;
using monet::http::RequestParser;

const ParserLimits kLimits = {.header_bytes = 512, .header_fields = 8, .body_bytes = [](std::string_view path) {
                                return path.size() > 4 ? std::size_t{1000} : std::size_t{20};
                              }};

void need(bool condition) {
  if (!condition) std::abort();
}

void check_text(const std::string& text) {
  need(text.find('\0') == std::string::npos);
  need(simdjson::validate_utf8(text.data(), text.size()));
}

void check(const Request& request) {
  check_text(request.path);
  need(!request.path.empty() && (request.path[0] == '/' || request.path == "*"));
  for (const std::string& segment : request.segments) check_text(segment);
  for (const auto& [name, value] : request.query) {
    check_text(name);
    check_text(value);
  }
  need(request.headers.size() <= kLimits.header_fields);
  for (const auto& [name, value] : request.headers) {
    need(!name.empty());
    for (const char c : name + value) need(static_cast<unsigned char>(c) >= 0x20 || c == '\t');
  }
  need(!(request.header("content-length") && request.header("transfer-encoding")));
  need(request.target.size() <= kLimits.header_bytes);
  need(request.body.size() <= kLimits.body_bytes(request.path));
}

struct Seen {
  std::vector<Request> requests;
  RequestParser::State state;  // of the one that is not complete
};

Seen read(std::string_view bytes, std::size_t piece) {
  Seen seen;
  RequestParser parser(kLimits);
  std::string rest;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    rest += bytes.substr(at, piece);
    for (;;) {
      const auto before = parser.state();
      const std::size_t used = parser.put(rest);
      need(used <= rest.size());
      rest.erase(0, used);
      if (parser.state() == RequestParser::State::refused) {
        need(parser.refusal().status >= 400 && !parser.refusal().detail.empty());
        seen.state = parser.state();
        return seen;
      }
      if (parser.state() == RequestParser::State::complete) {
        check(parser.request());
        seen.requests.push_back(std::move(parser.request()));
        parser = RequestParser(kLimits);
      } else if (used == 0 && parser.state() == before) {
        break;
      }
    }
    need(rest.size() <= kLimits.header_bytes);
  }
  seen.state = parser.state();
  return seen;
}

bool same(const Request& a, const Request& b) {
  return a.method == b.method && a.target == b.target && a.path == b.path && a.segments == b.segments &&
         a.query == b.query && a.headers == b.headers && a.body == b.body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Seen whole = read(bytes, bytes.size() + 1);
  const Seen pieces = read(bytes, 1 + data[0] % 32);
  need(whole.requests.size() == pieces.requests.size());
  for (std::size_t k = 0; k < whole.requests.size(); ++k) need(same(whole.requests[k], pieces.requests[k]));
  // Of a header that comes in pieces, Beast looks at the rest when its end is there: what is wrong may show later.
  if (pieces.state == RequestParser::State::refused) need(whole.state == RequestParser::State::refused);
  if (whole.state == RequestParser::State::body) need(pieces.state == RequestParser::State::body);
  return 0;
}
