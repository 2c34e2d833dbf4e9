#pragma once

#include "monet/store/detail/connection.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::store::detail {

/// "($1,$2),($3,$4)": so many rows of so many parameters.
std::string placeholders(std::size_t rows, std::size_t columns);

/// Runs `begin VALUES (…),(…) end` for all of `values`, rows of `columns` cells behind each other, as many in one
/// statement as the connection likes.
void insert_rows(Connection& connection, const std::string& begin, const std::string& end, std::size_t columns,
                 std::span<const Value> values);

/// The rows of `question` (… key IN …) for all of `keys`, as many keys in one statement as the connection likes.
Rows query_by_keys(Connection& connection, const std::string& question, std::span<const Value> keys);

/// A text in one spelling of all that differ by case (Unicode's case folding after NFKC).
std::string folded(std::string_view text);

/// A text as it stands in a pattern of LIKE with ESCAPE '!'.
std::string escaped_for_like(std::string_view text);

}  // namespace monet::store::detail
