#pragma once

#include "monet/input/table_reader.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::data {

/// In place of a column's name: there is none.
inline constexpr std::string_view kNoColumn = "none";

/// What a column of an interaction table or an item table may mean.
enum class ColumnRole {
  user,
  item,
  time,
  label,
  title,
  category,
  rating,
  description,
  brand,
  price,
  image,
  event,  // the kind of interaction: view, cart, purchase
  weight  // of an interaction
};

/// "user", "time", … for messages.
std::string_view describe(ColumnRole role);

/// How early `name` stands among the names that the field uses for `role`, 0 first; nothing when it is not among them.
std::optional<std::size_t> rank_of_name(std::string_view name, ColumnRole role);

/// Whether lists of items are called so: `items`, `product_ids`.
bool is_plural_of_item(std::string_view name);

/// The column that plays `role`, by the names the field uses (`user_id`, `userID`, `reviewerID`, …; letter case, '_',
/// '-' and spaces do not count, nor does a `:type` suffix); of several the name listed first wins: `user_id` before
/// `user`.
std::optional<std::size_t> find_column(const std::vector<std::string>& header, ColumnRole role);

/// The column named `wanted` when that is not empty (the `:type` suffix may be left out), else `find_column`. Throws
/// DataError that lists the header and names `option`, when there is none.
std::size_t require_column(const input::TableReader& table, ColumnRole role, const std::string& wanted,
                           std::string_view option);

/// Whether a header's column is called `wanted`; a `:type` suffix may be left out.
bool is_named(std::string_view column, std::string_view wanted);

/// What is sought in a header: a column by its name, by the field's names for the role when that is empty, or none
/// when it is `kNoColumn`.
struct ColumnWish {
  ColumnRole role;
  std::string wanted;
};

/// The column of each wish, -1 where there is none. No column has two roles: one that is named goes to who names it.
/// Throws DataError that lists the header when a named one is not there, or is named for two parts of an
/// interaction (two texts of a catalogue may share one).
std::vector<int> columns_of(const input::TableReader& table, std::span<const ColumnWish> wishes);

/// The same for a wish alone.
int column_of(const input::TableReader& table, ColumnRole role, const std::string& wanted);

/// Whether the header declares types as RecBole's atomic files do (`user_id:token`).
bool has_typed_header(const std::vector<std::string>& header);

}  // namespace monet::data
