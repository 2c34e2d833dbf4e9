#include "monet/prepare/columnar/row_catalogue.h"

#include "monet/core/error.h"
#include "monet/data/text.h"
#include "monet/prepare/columnar/column_sql.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace monet::prepare {

namespace {
using data::ColumnRole;

/// The expressions of an entry, and which text of an item each one is; -1: none.
class EntryExpressions {
 public:
  EntryExpressions(const RowTable& table, const ItemColumns& wanted, input::BadLines& bad_lines)
      : table_(table), columns_(table.columns()), bad_lines_(bad_lines) {
    const auto id = find_field(columns_, ColumnRole::item, wanted.id == "none" ? "" : wanted.id, table.place, "id");
    if (!id) {
      std::string names;
      for (const duckdb::Column& column : columns_) names += (names.empty() ? "" : ", ") + column.name;
      fail<DataError>("{}: no column of item ids is recognised among {}; name it with `item-id-column`", table.place,
                      data::excerpt(names));
    }
    add(&Item::id, id_text(with_id_of_struct(*id, ColumnRole::item), table.place));
    take(&Item::title, ColumnRole::title, wanted.title, " ");
    if (wanted.description.empty()) take(&Item::description, ColumnRole::description, {}, " ");
    for (const std::string& name : wanted.description) take(&Item::description, ColumnRole::description, name, " ");
    take(&Item::categories, ColumnRole::category, wanted.categories, "|");
    take(&Item::brand, ColumnRole::brand, wanted.brand, ", ");
    take(&Item::price, ColumnRole::price, wanted.price, ", ");
    take(&Item::image, ColumnRole::image, wanted.image, "");
  }

  const std::vector<std::string>& sql() const { return sql_; }
  Item read(const RowWalk& walk, std::size_t row) const {
    Item item;
    for (std::size_t at = 0; at < texts_.size(); ++at) {
      const duckdb::Values values = walk.values(at);
      if (!values.has(row)) continue;
      std::string& text = item.*texts_[at];
      if (!text.empty()) text += ' ';
      text += values.text(row);
    }
    return item;
  }

 private:
  void add(std::string Item::*text, std::string sql) {
    texts_.push_back(text);
    sql_.push_back(std::move(sql));
  }
  void take(std::string Item::*text, ColumnRole role, const std::string& wanted, const char* separator) {
    const auto field = find_field(columns_, role, wanted, table_.place);
    if (!field) return;
    const bool picture = role == ColumnRole::image;
    auto sql = picture ? picture_value(*field) : text_value(*field, separator);
    if (sql) return add(text, std::move(*sql));
    const std::string problem = fmt::format(
        "the column '{}' holds {}, {}", field->name, duckdb::describe(field->type),
        picture ? "pictures themselves: only their paths or URLs are read" : "in which no text is recognised");
    if (!wanted.empty()) {
      fail<DataError>("{}: {}; name another with `{}-column`, or none", table_.place, problem, data::describe(role));
    }
    bad_lines_.note(problem + "; it is left out");
  }

  const RowTable& table_;
  std::vector<duckdb::Column> columns_;
  input::BadLines& bad_lines_;
  std::vector<std::string Item::*> texts_;
  std::vector<std::string> sql_;
};

bool holds_numbers(const duckdb::Type& type) {
  return type.is_list() && type.parts.front().is_number();
}

/// The column of features: called so, or the only one that can be.
Field feature_field(const RowTable& table, const std::vector<duckdb::Column>& columns, const std::string& name) {
  const duckdb::Column* only = nullptr;
  std::string candidates;
  for (const duckdb::Column& column : columns) {
    if (!holds_numbers(column.type)) continue;
    if (column.name == name) return *find_field(columns, ColumnRole::item, name, table.place);
    only = candidates.empty() ? &column : nullptr;
    candidates += (candidates.empty() ? "" : ", ") + column.name;
  }
  if (only != nullptr) return *find_field(columns, ColumnRole::item, only->name, table.place);
  if (candidates.empty()) {
    fail<DataError>("{}: no column holds lists of numbers; features are one list (or array) for each item",
                    table.place);
  }
  fail<DataError>("{}: the columns {} hold lists of numbers, and none is called '{}'; call the modality as the column",
                  table.place, candidates, name);
}
}  // namespace

void read_row_catalogue(const RowTable& table, const ItemColumns& columns, input::Observer& observer,
                        input::BadLines& bad_lines, Catalogue& catalogue) {
  const EntryExpressions entry(table, columns, bad_lines);
  RowWalk walk(table, entry.sql(), observer);
  while (walk.next()) {
    walk.each(bad_lines, [&](std::size_t row) { catalogue.take(entry.read(walk, row)); });
  }
  catalogue.settle();
}

void read_row_features(const RowTable& table, const std::string& name, const std::string& id_column,
                       input::Observer& observer, FeatureTarget& target) {
  const std::vector<duckdb::Column> columns = table.columns();
  const Field features = feature_field(table, columns, name);
  const bool has_column = std::any_of(columns.begin(), columns.end(),
                                      [&](const duckdb::Column& column) { return column.name == id_column; });
  const auto id = find_field(columns, ColumnRole::item, has_column ? id_column : "", table.place, "id");
  if (!id) {
    fail<DataError>("{}: no column of item ids is recognised beside '{}'; name it with `item-id-column`", table.place,
                    features.name);
  }
  RowWalk walk(table,
               {id_text(with_id_of_struct(*id, ColumnRole::item), table.place),
                fmt::format("CAST({} AS FLOAT[])", features.sql)},
               observer);
  input::BadLines none(false);
  std::vector<float> row_values;
  while (walk.next()) {
    const duckdb::Values ids = walk.values(0);
    const duckdb::Values lists = walk.values(1);
    const duckdb::Values elements = lists.elements();
    walk.each(none, [&](std::size_t row) {
      if (!ids.has(row)) fail<DataError>("there is no item id; every row of features needs one");
      if (!lists.has(row)) return;
      const auto& range = lists.as<duckdb::c::ListEntry>(row);
      if (range.length == 0) return;
      row_values.clear();
      for (std::uint64_t at = range.offset; at < range.offset + range.length; ++at) {
        if (!elements.has(at)) fail<DataError>("feature {} is missing; features must be numbers", at - range.offset);
        row_values.push_back(elements.as<float>(at));
      }
      target.take(ids.text(row), row_values);
    });
  }
}

}  // namespace monet::prepare
