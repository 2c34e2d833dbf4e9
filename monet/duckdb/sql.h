#pragma once

#include <string>
#include <string_view>

namespace monet::duckdb {

/// `text` as a string of SQL: in single quotes, those in it doubled. Throws InvalidArgument for a NUL byte, at which the
/// statement would end. File names reach SQL by this function only.
std::string quoted(std::string_view text);

/// `name` as a name of SQL: in double quotes, those in it doubled. Throws as `quoted`.
std::string quoted_name(std::string_view name);

}  // namespace monet::duckdb
