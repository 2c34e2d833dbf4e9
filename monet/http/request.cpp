#include "monet/http/request.h"

#include <algorithm>

namespace monet::http {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

const std::string* Request::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const Pair& pair) { return same_name(pair.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

const std::string* Request::parameter(std::string_view name) const {
  const auto found = std::find_if(query.begin(), query.end(), [&](const Pair& pair) { return pair.first == name; });
  return found == query.end() ? nullptr : &found->second;
}

}  // namespace monet::http
