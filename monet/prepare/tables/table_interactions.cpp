#include "monet/prepare/tables/table_interactions.h"

#include "monet/data/columns.h"
#include "monet/data/text.h"
#include "monet/prepare/item_lists.h"

#include <fmt/ranges.h>

namespace monet::prepare {

namespace {
std::size_t required(const input::TableReader& table, int column, data::ColumnRole role) {
  if (column >= 0) return static_cast<std::size_t>(column);
  constexpr std::size_t kMostBytes = 300;
  fail<DataError>(
      "{}: no {} column is recognised in the header '{}'; name it with `{}-column`, or add a header line (or give "
      "`format ratings-user-item` and columns by number: `{}-column 2`)",
      table.where(), data::describe(role),
      data::excerpt(fmt::format("{}", fmt::join(table.header(), ", ")), kMostBytes), data::describe(role),
      data::describe(role));
}

std::string or_none(const std::string& name) {
  return name.empty() ? std::string(data::kNoColumn) : name;
}

int label_of(std::string_view text) {
  if (text.size() == 1 && text[0] >= '0' && text[0] <= '2') return text[0] - '0';
  fail<DataError>("x_label is '{}'; expected 0 (training), 1 (validation) or 2 (test)", data::excerpt(text));
}
}  // namespace

void read_table_interactions(input::TableReader& table, const InteractionColumns& columns, input::BadLines& bad_lines,
                             InteractionLog& log) {
  using data::ColumnRole;
  const std::vector<data::ColumnWish> wishes{{ColumnRole::user, columns.user},
                                             {ColumnRole::item, columns.item},
                                             {ColumnRole::rating, columns.rating},
                                             {ColumnRole::time, columns.time},
                                             {ColumnRole::label, {}},
                                             {ColumnRole::event, or_none(columns.event)},
                                             {ColumnRole::weight, or_none(columns.weight)}};
  const std::vector<int> places = data::columns_of(table, wishes);
  const std::size_t user = required(table, places[0], ColumnRole::user);
  const std::size_t item = required(table, places[1], ColumnRole::item);
  const int rating = places[2];
  const int time = places[3];
  const int label = places[4];
  const int event = places[5];
  const int weight = places[6];
  const auto optional_field = [&](int column) {
    return column < 0 ? std::string_view{} : table.field(static_cast<std::size_t>(column));
  };
  const auto weight_field = [&](int column) {
    return column < 0 ? std::nullopt : std::optional(table.field(static_cast<std::size_t>(column)));
  };
  const bool may_be_lists = log.style().item_lists.any();
  ItemLists lists(log.style().item_lists);
  while (table.next(bad_lines)) {
    bad_lines.guard_at(table.lines(), table.line(), [&] {
      const RawInteraction raw{table.field(user),
                               table.field(item),
                               optional_field(rating),
                               optional_field(time),
                               label < 0 ? -1 : label_of(optional_field(label)),
                               optional_field(event),
                               weight_field(weight)};
      may_be_lists ? lists.add(raw, log) : log.add(raw);
    });
  }
  log.settle();
  if (lists.empty_lists() > 0) {
    bad_lines.note(
        fmt::format("{}: {} records have an empty list of items", table.lines().file(), lists.empty_lists()));
  }
}

}  // namespace monet::prepare
