#pragma once

#include <string>
#include <string_view>

namespace monet::duckdb {

/// `text` as a string of SQL: in single quotes, those in it doubled. Throws InvalidArgument for a NUL byte, at which
/// the statement would end. File names reach SQL by this function only.
std::string sql_text(std::string_view text);

/// `name` as a name of SQL: in double quotes, those in it doubled. Throws as `sql_text`.
std::string sql_name(std::string_view name);

}  // namespace monet::duckdb
