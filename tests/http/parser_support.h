#pragma once

#include "monet/http/detail/request_parser.h"

#include <string>
#include <string_view>

namespace monet::http {

/// What came of bytes that were given to a parser piece by piece, the rest of each with the next.
struct Parsed {
  RequestParser parser;
  std::string rest;
};

inline Parsed parse_in_pieces(std::string_view bytes, std::size_t piece, const ParserLimits& limits) {
  Parsed result{RequestParser(limits), {}};
  const auto ended = [&] {
    return result.parser.state() == RequestParser::State::complete ||
           result.parser.state() == RequestParser::State::refused;
  };
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    result.rest += bytes.substr(at, piece);
    while (!ended()) {
      const auto before = result.parser.state();
      const std::size_t used = result.parser.put(result.rest);
      result.rest.erase(0, used);
      if (used == 0 && before == result.parser.state()) break;
    }
  }
  return result;
}

}  // namespace monet::http
