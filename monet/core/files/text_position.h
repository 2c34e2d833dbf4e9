#pragma once

#include "monet/core/error.h"
#include "monet/core/view.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace monet::files {

/// A place in a text, both from 1; columns count bytes.
struct Position {
  Index line = 1;
  Index column = 1;
};

/// The place of byte `offset`. O(offset): for messages.
Position position_of(std::string_view text, std::size_t offset);

/// Throws a DataError "FILE:LINE:COLUMN: …" for the place of `offset`.
template <class... Args>
[[noreturn]] void fail_at(const std::string& file, std::string_view text, std::size_t offset,
                          fmt::format_string<Args...> format, Args&&... args) {
  const Position at = position_of(text, offset);
  fail<DataError>("{}:{}:{}: {}", file, at.line, at.column, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace monet::files
