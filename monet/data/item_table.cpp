#include "monet/data/item_table.h"

#include "monet/data/columns.h"
#include "monet/data/text.h"
#include "monet/input/number_text.h"
#include "monet/input/text.h"
#include "monet/input/utf8.h"

namespace monet::data {

ItemTable::ItemTable(input::LineReader& lines)
    : lines_(lines),
      table_(lines, '\0', true, true),
      title_(find_column(table_.header(), ColumnRole::title)),
      category_(find_column(table_.header(), ColumnRole::category)),
      id_(find_column(table_.header(), ColumnRole::item)),
      holds_rows_(id_ && table_.header()[*id_] == "itemID") {}

namespace {
std::string text_of(std::string_view cell) {
  std::string text = input::clean_text(cell);
  if (input::is_missing_text(text)) text.clear();
  return text;
}
}  // namespace

std::string ItemTable::title() const {
  return text_of(table_.field(*title_));
}

std::string ItemTable::category() const {
  return text_of(table_.field(*category_));
}

std::string_view ItemTable::id() const {
  return input::trimmed(table_.field(*id_));
}

std::optional<std::string> ItemTable::whole_id() const {
  return input::whole_float(id());
}

std::optional<std::int32_t> ItemTable::row_number() const {
  if (!holds_rows_) return std::nullopt;
  const ParsedId number = parse_id(id());
  return number.good() ? std::optional(number.value) : std::nullopt;
}

ItemJoin join_items(const ItemTable& table, const ItemRows& rows, Index num_items, bool items_are_rows,
                    const std::function<std::string()>& explain, std::vector<std::string>& notes) {
  const std::string& file = table.file();
  const bool in_order = items_are_rows && rows.count == num_items;
  if (!table.has_ids() && !in_order) {
    notes.push_back(items_are_rows
                        ? fmt::format("{}: {} rows without a column of ids, and there are {} items; not used", file,
                                      rows.count, num_items)
                        : fmt::format("{}: there is no column of ids; not used", file));
    return ItemJoin::none;
  }
  if (!table.has_ids()) return ItemJoin::in_order;
  // Items that are called by their row numbers, from 0 on, are known by ids from 1 on, but for the last.
  const Index may_be_known = rows.unnamed ? rows.count - 1 : 0;
  if (in_order && rows.match.known() <= may_be_known && rows.order.counts()) {
    notes.push_back(fmt::format("{}: its ids count the rows: row n is taken for item n", file));
    return ItemJoin::in_order;
  }
  if (rows.match.is_too_little(num_items)) {
    notes.push_back(
        fmt::format("{}: {} of {} rows name an item: {}; not used (call the column itemID where it holds "
                    "row numbers)",
                    file, rows.match.known(), rows.count, explain()));
    return ItemJoin::none;
  }
  if (rows.match.unknown() > 0) {
    notes.push_back(fmt::format("{}: {} of {} rows are of other items", file, rows.match.unknown(), rows.count));
  }
  return ItemJoin::by_id;
}

}  // namespace monet::data
