#pragma once

#include "monet/data/columns.h"
#include "monet/prepare/survey.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace monet::prepare::detail {

inline constexpr std::size_t kNoRank = 1'000'000;
inline constexpr std::size_t kEntity = 500;  // `id` in an object called user, after a `user_id`

/// `id`, `_id` and the like: what they are the ids of, the key above says.
bool is_id(std::string_view leaf);

/// The key above the last.
std::string_view parent_of(const KeySurvey& key);

/// All of a name but its last key: "a.b" of "a.b.c"; empty where it is one key.
std::string path_above(const std::string& name);

/// How early a key stands among the names that the field uses for `role`, 0 first; `kNoRank` where it does not. Keys in
/// objects come after all others.
std::size_t rank_of(const KeySurvey& key, data::ColumnRole role, bool is_table);

/// Whether a name speaks of a time: `view_date`, `ts`, `updated_at`.
bool is_called_like_a_time(std::string_view name);

/// The option that names a role's column, for messages.
std::string_view option_of(data::ColumnRole role);

/// A key of records called `wanted`: its values, or the `id` in the objects that are there. Throws DataError with the
/// file: there is none, or objects without an id.
const KeySurvey* key_in_records(const Survey& survey, const std::string& file, const std::string& wanted,
                                data::ColumnRole role, std::string_view option);

}  // namespace monet::prepare::detail
