#include "monet/data/item_metadata.h"

#include "monet/data/columns.h"
#include "monet/data/id_match.h"
#include "monet/data/name_table.h"
#include "monet/data/text.h"
#include "monet/input/number_text.h"
#include "monet/input/table_reader.h"
#include "monet/input/utf8.h"

#include <optional>
#include <utility>

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
  const std::string& file = lines.file();
  input::TableReader table(lines, '\0', true, true);
  const auto title = find_column(table.header(), ColumnRole::title);
  const auto category = find_column(table.header(), ColumnRole::category);
  if (!title && !category) {
    notes.push_back(fmt::format("{}: no title or category column; not used", file));
    return {};
  }
  const auto id = find_column(table.header(), ColumnRole::item);
  const bool holds_rows = id && table.header()[*id] == "itemID";
  NameTable ids;
  for (const auto& item_id : item_ids) ids.add(item_id);

  std::vector<Row> rows;
  IdMatch match;
  RowCount count;
  input::BadLines bad_lines(false);
  while (table.next(bad_lines)) {
    Row& row = rows.emplace_back();
    if (title) row.title = input::clean_text(table.field(*title));
    if (category) row.category = input::clean_text(table.field(*category));
    if (!id) continue;
    const std::string_view name = input::trimmed(table.field(*id));
    row.item = ids.find(name);
    if (row.item < 0) {  // 11.0 is the 11 of the interactions
      if (const auto digits = input::whole_float(name)) row.item = ids.find(*digits);
    }
    if (row.item < 0 && holds_rows) {
      const ParsedId number = parse_id(name);
      if (number.good() && static_cast<std::size_t>(number.value) < item_ids.size()) row.item = number.value;
    }
    match.take(name, row.item >= 0);
    count.take(name);
  }
  notes.insert(notes.end(), bad_lines.notes().begin(), bad_lines.notes().end());
  const bool in_order = items_are_rows && rows.size() == item_ids.size();
  if (!id && !in_order) {
    notes.push_back(items_are_rows
                        ? fmt::format("{}: {} rows without a column of ids, and there are {} items; not used", file,
                                      rows.size(), item_ids.size())
                        : fmt::format("{}: there is no column of ids; not used", file));
    return {};
  }
  if (!id || (in_order && match.known() == 0 && count.counts())) {
    if (id) notes.push_back(fmt::format("{}: its ids count the rows: row n is taken for item n", file));
    for (std::size_t r = 0; r < rows.size(); ++r) rows[r].item = static_cast<std::int32_t>(r);
  } else if (match.is_too_little(static_cast<Index>(item_ids.size()))) {
    notes.push_back(
        fmt::format("{}: {} of {} rows name an item: {}; not used (call the column itemID where it holds "
                    "row numbers)",
                    file, match.known(), rows.size(), match.explain(item_ids)));
    return {};
  } else if (match.unknown() > 0) {
    notes.push_back(fmt::format("{}: {} of {} rows are of other items", file, match.unknown(), rows.size()));
  }
  ItemMetadata out;
  if (title) out.titles.resize(item_ids.size());
  if (category) out.categories.resize(item_ids.size());
  for (Row& row : rows) {
    if (row.item < 0) continue;
    const auto item = static_cast<std::size_t>(row.item);
    if (title) out.titles[item] = std::move(row.title);
    if (category) out.categories[item] = std::move(row.category);
  }
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
