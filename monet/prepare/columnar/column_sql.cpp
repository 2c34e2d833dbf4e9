#include "monet/prepare/columnar/column_sql.h"

#include "monet/core/error.h"
#include "monet/data/text.h"
#include "monet/duckdb/sql.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace monet::prepare {

namespace {
using duckdb::Type;
using duckdb::c::TypeId;

std::vector<std::string> names_of_columns(const std::vector<duckdb::Column>& columns) {
  std::vector<std::string> names;
  for (const duckdb::Column& column : columns) names.push_back(column.name);
  return names;
}

/// Applies `sql`, an expression in which {} stands for the value, to each element of a list.
std::string for_each_element(const std::string& list, const std::string& expression_of_x) {
  return fmt::format("[{} FOR x IN {}]", expression_of_x, list);
}

Type list_of(Type element) {
  Type type;
  type.id = TypeId::list;
  type.parts.push_back(std::move(element));
  return type;
}

/// The part of a struct, or of each struct in a list.
std::optional<Field> part_of(const Field& field, const std::string& name) {
  const bool in_list = field.type.is_list();
  const Type& holder = in_list ? field.type.parts.front() : field.type;
  const auto found = std::find(holder.names.begin(), holder.names.end(), name);
  if (holder.id != TypeId::structure || found == holder.names.end()) return std::nullopt;
  const Type& part = holder.parts[static_cast<std::size_t>(found - holder.names.begin())];
  const auto extract = [&](const std::string& from) {
    return fmt::format("struct_extract({}, {})", from, duckdb::sql_text(name));
  };
  const std::string path = field.name + "." + name;
  if (!in_list) return Field{path, extract(field.sql), part};
  return Field{path, for_each_element(field.sql, extract("x")), list_of(part)};
}

std::optional<Field> at_path(const std::vector<duckdb::Column>& columns, std::string_view path) {
  for (const duckdb::Column& column : columns) {
    if (column.name == path) return Field{column.name, duckdb::sql_name(column.name), column.type};
  }
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
    auto field = at_path(columns, path.substr(0, dot));
    std::string_view rest = path.substr(dot);
    while (field && !rest.empty()) {
      rest.remove_prefix(1);
      const std::size_t end = std::min(rest.find('.'), rest.size());
      field = part_of(*field, std::string(rest.substr(0, end)));
      rest.remove_prefix(end);
    }
    if (field) return field;
  }
  return std::nullopt;
}

/// A float as the text of an id: whole ones without a point.
std::string whole_text(const std::string& sql) {
  return fmt::format(
      "CASE WHEN isnan({0}) THEN NULL WHEN {0} = trunc({0}) AND abs({0}) < 9007199254740992 THEN CAST(CAST({0} AS "
      "BIGINT) AS VARCHAR) ELSE CAST({0} AS VARCHAR) END",
      sql);
}

/// A type as the one of `id_value`, and the expression for it.
std::optional<Field> plain_id(const Field& field) {
  const std::string& sql = field.sql;
  const TypeId id = field.type.id;
  if (field.type.is_whole() || id == TypeId::text || id == TypeId::float32 || id == TypeId::float64) return field;
  Type text;
  text.id = TypeId::text;
  if (id == TypeId::int128 || id == TypeId::uint128 || id == TypeId::uuid || id == TypeId::enumeration) {
    return Field{field.name, fmt::format("CAST({} AS VARCHAR)", sql), text};
  }
  if (id != TypeId::decimal) return std::nullopt;
  return Field{field.name,
               fmt::format("CASE WHEN {0} = trunc({0}) THEN CAST(CAST({0} AS HUGEINT) AS VARCHAR) ELSE CAST({0} AS "
                           "VARCHAR) END",
                           sql),
               text};
}

std::optional<Field> first_part_of(const Field& field, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (auto part = part_of(field, name)) return part;
  }
  return std::nullopt;
}

bool is_struct(const Type& type) {
  return type.id == TypeId::structure || (type.is_list() && type.parts.front().id == TypeId::structure);
}
}  // namespace

std::optional<Field> find_field(const std::vector<duckdb::Column>& columns, data::ColumnRole role,
                                const std::string& wanted, const std::string& place, const char* fallback) {
  if (wanted == "none") return std::nullopt;
  const std::vector<std::string> names = names_of_columns(columns);
  if (wanted.empty()) {
    std::string name;
    if (const auto found = data::find_column(names, role)) {
      name = names[*found];
    } else if (fallback != nullptr) {
      name = fallback;
    }
    return name.empty() ? std::nullopt : at_path(columns, name);
  }
  if (auto field = at_path(columns, wanted)) return field;
  fail<DataError>("{}: there is no column '{}' for the {}; the columns are {}", place, wanted, data::describe(role),
                  data::excerpt(fmt::format("{}", fmt::join(names, ", "))));
}

Field with_id_of_struct(Field field, data::ColumnRole role) {
  if (!is_struct(field.type)) return field;
  const Type& holder = field.type.is_list() ? field.type.parts.front() : field.type;
  if (const auto found = data::find_column(holder.names, role)) return *part_of(field, holder.names[*found]);
  return first_part_of(field, {"id", "_id"}).value_or(field);
}

Field id_value(Field field, const char* what, const std::string& place) {
  if (field.type.is_list()) {
    if (const auto element = plain_id({field.name, "x", field.type.parts.front()})) {
      // A list of its own, also of an ARRAY.
      return {field.name, for_each_element(field.sql, element->sql), list_of(element->type)};
    }
  } else if (auto plain = plain_id(field)) {
    return *plain;
  }
  fail<DataError>("{}: the column '{}' holds {}, which is no {} id; name another with `{}-column`", place, field.name,
                  field.type.id == TypeId::null ? "no values" : duckdb::describe(field.type), what, what);
}

std::string id_text(const Field& field, const std::string& place) {
  const Field plain = id_value(field, "item", place);
  if (plain.type.is_list()) {
    fail<DataError>("{}: the column '{}' holds {} where one item id belongs; name another with `item-id-column`", place,
                    field.name, duckdb::describe(field.type));
  }
  const bool is_float = plain.type.id == TypeId::float32 || plain.type.id == TypeId::float64;
  return is_float ? whole_text(plain.sql) : fmt::format("CAST({} AS VARCHAR)", plain.sql);
}

Field kind_value(Field field, const std::string& place) {
  if (is_struct(field.type) && !field.type.is_list()) {
    if (const auto found = data::find_column(field.type.names, data::ColumnRole::event)) {
      return kind_value(*part_of(field, field.type.names[*found]), place);
    }
    if (const auto part = first_part_of(field, {"name", "label", "value"})) return kind_value(*part, place);
  }
  if (!field.type.is_list() && !is_struct(field.type) && field.type.id != TypeId::blob) return field;
  fail<DataError>(
      "{}: the column '{}' holds {} where one kind of interaction belongs; name another with "
      "`event-column` (a part of it: {}.PART)",
      place, field.name, duckdb::describe(field.type), field.name);
}

std::optional<std::string> text_value(const Field& field, const std::string& separator) {
  if (field.type.id == TypeId::blob) return std::nullopt;
  if (is_struct(field.type)) {
    const auto part = first_part_of(field, {"name", "title", "label", "text", "value"});
    return part ? text_value(*part, separator) : std::nullopt;
  }
  if (!field.type.is_list()) return fmt::format("CAST({} AS VARCHAR)", field.sql);
  const Type& element = field.type.parts.front();
  if (element.is_list()) {
    return text_value({field.name, fmt::format("flatten({})", field.sql), element}, separator);
  }
  return fmt::format("array_to_string(CAST({} AS VARCHAR[]), {})", field.sql, duckdb::sql_text(separator));
}

std::optional<std::string> picture_value(const Field& field) {
  if (is_struct(field.type)) {
    const auto part = first_part_of(field, {"path", "url", "large", "hi_res", "src", "href"});
    return part ? picture_value(*part) : std::nullopt;
  }
  if (field.type.id == TypeId::blob) return std::nullopt;
  if (!field.type.is_list()) return fmt::format("CAST({} AS VARCHAR)", field.sql);
  return picture_value({field.name, fmt::format("list_extract({}, 1)", field.sql), field.type.parts.front()});
}

}  // namespace monet::prepare
