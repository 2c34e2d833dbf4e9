#pragma once

#include "monet/data/columns.h"
#include "monet/duckdb/rows.h"

#include <optional>
#include <string>
#include <vector>

namespace monet::prepare {

/// A column, or a part of its structs, as an expression of SQL.
struct Field {
  std::string name;  // as it was found, for messages
  std::string sql;
  duckdb::Type type;
};

/// The column called `wanted`, or the part of structs at that path with dots (of each element, where there are lists on
/// it); with `wanted` empty the one that is found for the role by the names the field uses, `fallback` after them.
/// Nothing when none is found, or `wanted` is "none". Throws DataError that lists the columns when a wanted one is not
/// there.
std::optional<Field> find_field(const std::vector<duckdb::Column>& columns, data::ColumnRole role,
                                const std::string& wanted, const std::string& place, const char* fallback = nullptr);

/// Of a struct (or of each struct in a list) the field that is the id: named as the role's columns are, or `id`, `_id`.
/// Anything else stays as it is.
Field with_id_of_struct(Field field, data::ColumnRole role);

/// An id as an expression whose value is an integer of at most 64 bits, a float or a text, or a list of them: all
/// digits are kept. Throws DataError when the column's type is none for ids. `what` is "user" or "item".
Field id_value(Field field, const char* what, const std::string& place);
/// The same as text: floats that are whole become integers, NaN becomes NULL.
std::string id_text(const Field& field, const std::string& place);

/// The kind of an interaction: of a struct the field that is called so (`type`, `name`, …). Throws DataError for lists,
/// and structs without such a field.
Field kind_value(Field field, const std::string& place);

/// A text for people: lists joined by `separator`, of structs what is called name, title, label, text or value. Nothing
/// when the type has no text (struct without such a field).
std::optional<std::string> text_value(const Field& field, const std::string& separator);
/// A picture's path or URL: of a list the first, of a struct path, url, large, hi_res, src or href. Nothing for bytes.
std::optional<std::string> picture_value(const Field& field);

}  // namespace monet::prepare
