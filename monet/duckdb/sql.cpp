#include "monet/duckdb/sql.h"

#include "monet/core/error.h"

namespace monet::duckdb {

namespace {
std::string in_quotes(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == '\0') fail<InvalidArgument>("a name with a NUL byte has no place in SQL");
    out += c;
    if (c == quote) out += c;
  }
  out += quote;
  return out;
}
}  // namespace

std::string sql_text(std::string_view text) {
  return in_quotes(text, '\'');
}

std::string sql_name(std::string_view name) {
  return in_quotes(name, '"');
}

}  // namespace monet::duckdb
