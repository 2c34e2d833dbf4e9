#include "monet/store/detail/item_table.h"

#include "monet/store/check.h"
#include "monet/store/detail/features_blob.h"
#include "monet/store/detail/statement.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace monet::store::detail {

namespace {

constexpr std::size_t kItemColumns = 14;
constexpr std::string_view kSelectItems =
    "SELECT id, title, description, picture, categories, price, available, hidden, added, updated, attributes, "
    "features,"
    " brand FROM items";

/// What a search looks into: id and title behind a line end each, so that a beginning can be told.
std::string sought_text(const Item& item) {
  return "\n" + folded(item.id) + "\n" + folded(item.title);
}

Item item_of(Row& row) {
  Item item;
  item.id = std::move(text_of(row[0]));
  item.title = std::move(text_of(row[1]));
  item.description = std::move(text_of(row[2]));
  item.picture = std::move(text_of(row[3]));
  nlohmann::json::parse(text_of(row[4])).get_to(item.categories);
  if (!is_null(row[5])) item.price = real_of(row[5]);
  item.available = integer_of(row[6]) != 0;
  item.hidden = integer_of(row[7]) != 0;
  item.added = integer_of(row[8]);
  item.updated = integer_of(row[9]);
  item.attributes = std::move(text_of(row[10]));
  if (!is_null(row[11])) item.features = features_from_bytes(std::get<Blob>(row[11]).bytes);
  item.brand = std::move(text_of(row[12]));
  return item;
}

std::vector<Item> items_of(Rows rows) {
  std::vector<Item> items;
  items.reserve(rows.size());
  for (Row& row : rows) items.push_back(item_of(row));
  return items;
}

Row row_of(const Item& item) {
  return {item.id,
          item.title,
          item.description,
          item.picture,
          nlohmann::json(item.categories).dump(),
          item.price ? Value(*item.price) : Value(),
          std::int64_t{item.available},
          std::int64_t{item.hidden},
          item.added,
          item.updated,
          item.attributes,
          item.features.empty() ? Value() : Value(Blob{features_to_bytes(item.features)}),
          sought_text(item),
          item.brand};
}

template <class T>
void apply(const std::optional<T>& change, T& value) {
  if (change) value = *change;
}

}  // namespace

void put_items(Connection& connection, std::span<const Item> items, std::int64_t now) {
  // Of one id the last: a statement must not replace the same row twice.
  std::map<std::string_view, const Item*> last;
  for (const Item& item : items) last[item.id] = &item;
  std::vector<Value> ids;
  for (const auto& [id, item] : last) {
    if (item->added == 0) ids.emplace_back(std::string(id));
  }
  std::map<std::string, std::int64_t, std::less<>> added;
  for (Row& row : query_by_keys(connection, "SELECT id, added FROM items WHERE id IN ", ids)) {
    added[std::move(text_of(row[0]))] = integer_of(row[1]);
  }
  std::vector<Value> values;
  values.reserve(last.size() * kItemColumns);
  for (const auto& [id, item] : last) {
    Item copy = *item;
    if (copy.added == 0) copy.added = added.contains(id) ? added.find(id)->second : now;
    copy.updated = now;
    for (Value& value : row_of(copy)) values.push_back(std::move(value));
  }
  insert_rows(connection, "INSERT INTO items",
              " ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description,"
              " picture = excluded.picture, categories = excluded.categories, price = excluded.price,"
              " available = excluded.available, hidden = excluded.hidden, added = excluded.added,"
              " updated = excluded.updated, attributes = excluded.attributes, features = excluded.features,"
              " sought = excluded.sought, brand = excluded.brand",
              kItemColumns, values);
}

std::optional<Item> patch_item(Connection& connection, const std::string& id, const ItemPatch& patch,
                               std::int64_t now) {
  std::optional<Item> found = item(connection, id);
  if (!found) return found;
  apply(patch.title, found->title);
  apply(patch.description, found->description);
  apply(patch.picture, found->picture);
  apply(patch.categories, found->categories);
  apply(patch.brand, found->brand);
  apply(patch.price, found->price);
  apply(patch.available, found->available);
  apply(patch.hidden, found->hidden);
  apply(patch.added, found->added);
  apply(patch.attributes, found->attributes);
  apply(patch.features, found->features);
  check(*found);
  put_items(connection, {&*found, 1}, now);
  return item(connection, id);
}

std::optional<Item> item(Connection& connection, const std::string& id) {
  const std::vector<Value> parameters{id};
  std::vector<Item> found = items_of(connection.query(std::string(kSelectItems) + " WHERE id = $1", parameters));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Item> items(Connection& connection, const std::string& after, std::size_t limit) {
  const std::vector<Value> parameters{after, limit_of(limit)};
  return items_of(connection.query(std::string(kSelectItems) + " WHERE id > $1 ORDER BY id LIMIT $2", parameters));
}

std::vector<Item> search_items(Connection& connection, std::string_view text, std::size_t limit) {
  const std::string pattern = escaped_for_like(folded(text)) + "%";
  const std::vector<Value> parameters{"%" + pattern, "%\n" + pattern, limit_of(limit)};
  return items_of(connection.query(std::string(kSelectItems) +
                                       " WHERE sought LIKE $1 ESCAPE '!'"
                                       " ORDER BY CASE WHEN sought LIKE $2 ESCAPE '!' THEN 0 ELSE 1 END, id LIMIT $3",
                                   parameters));
}

bool delete_item(Connection& connection, const std::string& id) {
  const std::vector<Value> parameters{id};
  return connection.change("DELETE FROM items WHERE id = $1", parameters) > 0;
}

}  // namespace monet::store::detail
