#include "monet/prepare/tables/table_interactions.h"

#include "monet/data/columns.h"
#include "monet/data/text.h"
#include "monet/prepare/item_lists.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// Whether a text is what stands before the sums below a table.
bool is_total(std::string_view text) {
  constexpr std::string_view kFirst = "TtGgSs";
  constexpr std::size_t kLongest = 13;  // "Grand total: "
  if (text.empty() || text.size() > kLongest || kFirst.find(text.front()) == std::string_view::npos) return false;
  static constexpr std::array<std::string_view, 7> kWords = {"total",    "totals", "grand total", "sum",
                                                             "subtotal", "gesamt", "summe"};
  std::string lower(text.substr(0, text.find_last_not_of(": ") + 1));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

/// A record that is the sum of those above it, if it is the last.
struct Held {
  std::vector<std::string> fields;
  Index line = 0;
  bool is_id = false;  // it was not: the word is the id of somebody or something
};

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
  const bool may_be_lists = log.style().item_lists.any();
  ItemLists lists(log.style().item_lists);
  const auto take = [&](const auto& field, Index line) {
    const auto optional_field = [&](int column) {
      return column < 0 ? std::string_view{} : field(static_cast<std::size_t>(column));
    };
    bad_lines.guard_at(table.lines(), line, [&] {
      const RawInteraction raw{field(user),
                               field(item),
                               optional_field(rating),
                               optional_field(time),
                               label < 0 ? -1 : label_of(optional_field(label)),
                               optional_field(event),
                               weight < 0 ? std::nullopt : std::optional<std::string_view>(optional_field(weight))};
      may_be_lists ? lists.add(raw, log) : log.add(raw);
    });
  };
  Held held;
  while (table.next(bad_lines)) {
    if (!held.fields.empty()) {  // something follows: an id that is called so
      take([&](std::size_t column) { return std::string_view(held.fields[column]); }, held.line);
      held = {{}, 0, true};
    }
    if (!held.is_id && (is_total(table.field(0)) || is_total(table.field(user)))) {
      for (std::size_t column = 0; column < table.header().size(); ++column) {
        held.fields.emplace_back(table.field(column));
      }
      held.line = table.line();
      continue;
    }
    take([&](std::size_t column) { return table.field(column); }, table.line());
  }
  if (!held.fields.empty()) {
    bad_lines.refuse(table.lines().file(), held.line,
                     fmt::format("the last row, '{}', seems to be the sum of those above; take it out, or leave it out "
                                 "with `bad-lines skip`",
                                 data::excerpt(fmt::format("{}", fmt::join(held.fields, ", ")))));
  }
  log.settle();
  if (lists.empty_lists() > 0) {
    bad_lines.note(
        fmt::format("{}: {} records have an empty list of items", table.lines().file(), lists.empty_lists()));
  }
}

}  // namespace monet::prepare
