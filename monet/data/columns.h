#pragma once

#include "monet/input/table_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::data {

/// What a column of an interaction table or an item table may mean.
enum class ColumnRole { user, item, time, label, title, category, rating, description, brand, price, image };

/// "user", "time", … for messages.
std::string_view describe(ColumnRole role);

/// How early `name` stands among the names that the field uses for `role`, 0 first; nothing when it is not among them.
std::optional<std::size_t> rank_of_name(std::string_view name, ColumnRole role);

/// The column that plays `role`, by the names the field uses (`user_id`, `userID`, `reviewerID`, …; letter case, '_',
/// '-' and spaces do not count, nor does a `:type` suffix); of several the name listed first wins.
std::optional<std::size_t> find_column(const std::vector<std::string>& header, ColumnRole role);

/// The column named `wanted` when that is not empty (the `:type` suffix may be left out), else `find_column`. Throws
/// DataError that lists the header and names `option`, when there is none.
std::size_t require_column(const input::TableReader& table, ColumnRole role, const std::string& wanted,
                           std::string_view option);

/// The column called `wanted` (a `:type` suffix may be left out) or, when that is empty, found by role; -1 when it is
/// not there. Throws DataError that lists the header when a wanted one is not there.
int column_of(const input::TableReader& table, ColumnRole role, const std::string& wanted);

/// Whether the header declares types as RecBole's atomic files do (`user_id:token`).
bool has_typed_header(const std::vector<std::string>& header);

}  // namespace monet::data
