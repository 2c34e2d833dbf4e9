#pragma once

#include "monet/api/problem.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace monet::api {

using Json = nlohmann::ordered_json;

inline constexpr int kDeepest = 16;  // levels of a body

/// A JSON value of at most `kDeepest` levels. Throws Problem 400 with the place of what is wrong.
Json parse_json(std::string_view text);

/// An object of a request, read key by key. What is of another type than is asked for, or out of range, is Problem 400
/// that names the key with its path ("rules.price.least"); so is a key that nobody asked for (`finish`). null is as if
/// the key were not there.
class Body {
 public:
  /// `where`: the path of the object, empty for the body itself. Views `value`.
  explicit Body(const Json& value, std::string where = {});

  std::optional<std::string> text(const char* key);
  std::string needed_text(const char* key);
  std::optional<bool> flag(const char* key);
  std::optional<double> number(const char* key);
  std::optional<std::int64_t> integer(const char* key, std::int64_t least,
                                      std::int64_t most = std::numeric_limits<std::int64_t>::max());
  std::optional<std::vector<std::string>> texts(const char* key);
  std::optional<std::vector<double>> numbers(const char* key);
  /// Whatever it is; nullptr where there is none.
  const Json* value(const char* key);
  std::optional<Body> object(const char* key);
  /// Throws for a key that was not asked for.
  void finish() const;

  std::string path(std::string_view key) const;

 private:
  [[noreturn]] void wrong(const char* key, std::string_view expected) const;

  const Json& value_;
  std::string where_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace monet::api
