#pragma once

#include "monet/api/body.h"
#include "monet/http/request.h"
#include "monet/serve/ask.h"

#include <string>

namespace monet::api {

/// The ask that a body describes (docs/api.md). Throws Problem 400.
serve::Ask ask_of(const Json& body);
/// That of a GET: the query's parameters are the keys, and those of the rules stand beside the others; lists have
/// commas, and a price is `least_price`, `most_price`.
serve::Ask ask_of(const http::Request& request, std::string user);

/// A parameter as a whole number in [least, most]; `otherwise` where there is none. Throws Problem 400.
std::int64_t integer_parameter(const http::Request& request, const char* name, std::int64_t otherwise,
                               std::int64_t least, std::int64_t most);
/// Throws Problem 400 for a parameter that is not one of `known`.
void check_parameters(const http::Request& request, std::initializer_list<std::string_view> known);

}  // namespace monet::api
