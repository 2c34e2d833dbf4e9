#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace monet::data {

// How a column's texts are to be understood as ids, by a sample of them: one rule for every door.

/// How one text of the item's column holds several ids.
struct ItemListStyle {
  bool in_brackets = false;  // [1, 2]
  char separator = '\0';     // '\0': a text is one id

  bool any() const { return in_brackets || separator != '\0'; }
};

/// What a sample holds: so many values of a column, from the first, and so many bytes of each.
inline constexpr std::size_t kSampledValues = 1000;
inline constexpr std::size_t kSampledBytes = 64;

/// Whether `text` lies in brackets: [1, 2], (a, b), {1,2}.
bool is_in_brackets(std::string_view text);

/// The style of a column: in brackets (JSON, Python, NumPy, PostgreSQL) where half of the sample's values are; between
/// blanks in RecBole's `:token_seq` (`column` is the name in the header); between commas, bars or semicolons where
/// `name` is a plural (`product_ids`). A text that only looks like several ids is one.
ItemListStyle item_list_style(std::string_view column, std::string_view name, std::span<const std::string> sample);

/// Whether all values of a table's column are whole numbers written as floats: 123.0 is 123.
bool are_whole_floats(std::span<const std::string> sample);

}  // namespace monet::data
