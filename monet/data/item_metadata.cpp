#include "monet/data/item_metadata.h"

#include "monet/data/item_table.h"
#include "monet/data/name_table.h"

#include <string>
#include <utility>
#include <vector>

namespace monet::data {

namespace {
struct Row {
  std::int32_t item = -1;
  std::string title;
  std::string category;
};
}  // namespace

ItemMetadata read_item_metadata(input::LineReader& lines, const std::vector<std::string>& item_ids, bool items_are_rows,
                                std::vector<std::string>& notes) {
  ItemTable table(lines);
  if (!table.has_titles() && !table.has_categories()) {
    notes.push_back(fmt::format("{}: no title or category column; not used", table.file()));
    return {};
  }
  NameTable ids;
  for (const auto& item_id : item_ids) ids.add(item_id);

  std::vector<Row> rows;
  ItemRows met;
  while (table.next()) {
    Row& row = rows.emplace_back();
    if (table.has_titles()) row.title = table.title();
    if (table.has_categories()) row.category = table.category();
    if (!table.has_ids()) continue;
    row.item = ids.find(table.id());
    if (row.item < 0) {  // 11.0 is the 11 of the interactions
      if (const auto digits = table.whole_id()) row.item = ids.find(*digits);
    }
    if (row.item < 0) {
      const auto number = table.row_number();
      if (number && static_cast<std::size_t>(*number) < item_ids.size()) row.item = *number;
    }
    met.match.take(table.id(), row.item >= 0);
    met.order.take(table.id());
  }
  met.count = static_cast<Index>(rows.size());
  met.unnamed = are_row_numbers(item_ids);
  notes.insert(notes.end(), table.notes().begin(), table.notes().end());
  const auto explain = [&] { return met.match.explain(item_ids); };
  const ItemJoin join = join_items(table, met, static_cast<Index>(item_ids.size()), items_are_rows, explain, notes);
  if (join == ItemJoin::none) return {};
  if (join == ItemJoin::in_order) {
    for (std::size_t r = 0; r < rows.size(); ++r) rows[r].item = static_cast<std::int32_t>(r);
  }
  ItemMetadata out;
  if (table.has_titles()) out.titles.resize(item_ids.size());
  if (table.has_categories()) out.categories.resize(item_ids.size());
  std::vector<bool> described(item_ids.size(), false);
  Index repeated = 0;
  for (Row& row : rows) {
    if (row.item < 0) continue;
    const auto item = static_cast<std::size_t>(row.item);
    if (described[item]) {
      ++repeated;
      continue;
    }
    described[item] = true;
    if (table.has_titles()) out.titles[item] = std::move(row.title);
    if (table.has_categories()) out.categories[item] = std::move(row.category);
  }
  if (repeated > 0 && join == ItemJoin::by_id)
    notes.push_back(fmt::format("{}: {} rows repeat an item; the first stays", table.file(), repeated));
  return out;
}

ItemMetadata parse_item_metadata(std::string_view text, const std::string& file,
                                 const std::vector<std::string>& item_ids, bool items_are_rows,
                                 std::vector<std::string>& notes) {
  input::MemoryStream stream(text);
  input::LineReader lines(stream, file);
  return read_item_metadata(lines, item_ids, items_are_rows, notes);
}

}  // namespace monet::data
