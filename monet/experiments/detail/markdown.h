#pragma once

#include <string>
#include <vector>

namespace monet::experiments::detail {

using Rows = std::vector<std::vector<std::string>>;

/// A Markdown table, padded so that it is readable as it is; the first row is the header, the first column is left, the
/// others right.
std::string aligned(const Rows& rows);

/// A p value for people: "0.042", "< 0.001".
std::string p_text(double p);

}  // namespace monet::experiments::detail
