#pragma once

#include <string>
#include <vector>

namespace monet::experiments::detail {

using Rows = std::vector<std::vector<std::string>>;

/// A Markdown table, padded so that it is readable as it is; the first row is the header, the first column is left, the
/// others right.
std::string aligned(const Rows& rows);

}  // namespace monet::experiments::detail
