#include "monet/data/interaction_table.h"

#include "monet/data/columns.h"
#include "monet/data/id_column.h"
#include "monet/data/text.h"
#include "monet/data/time.h"
#include "monet/data/weights.h"
#include "monet/input/file_lines.h"
#include "monet/input/table_reader.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <optional>

namespace monet::data {

namespace {
float weight_at(const input::TableReader& table, int column) {
  return column < 0 ? 1.0F : parse_weight(table.field(static_cast<std::size_t>(column)));
}

std::uint8_t read_label(std::string_view field) {
  field = input::trimmed(field);
  if (field.size() == 1 && field[0] >= '0' && field[0] <= '2') return static_cast<std::uint8_t>(field[0] - '0');
  fail<DataError>("x_label is '{}'; expected 0 (training), 1 (validation) or 2 (test)", excerpt(field));
}
}  // namespace

Interactions read_interaction_table(input::LineReader& lines, const TableOptions& options) {
  input::TableReader table(lines, options.separator, true);
  return read_interaction_table(table, options);
}

Interactions read_interaction_table(input::TableReader& table, const TableOptions& options) {
  const input::LineReader& lines = table.lines();
  const std::string& file = lines.file();
  const std::size_t user_column = require_column(table, ColumnRole::user, options.user_column, "`user-column`");
  const std::size_t item_column = require_column(table, ColumnRole::item, options.item_column, "`item-column`");
  if (user_column == item_column) {
    fail<DataError>(
        "{}: the column '{}' would be the user and the item; name both with `user-column` and `item-column`",
        table.where(), table.header()[user_column]);
  }
  const auto label_column = find_column(table.header(), ColumnRole::label);
  const bool by_time = !label_column && options.split == SplitKind::time;
  const std::size_t time_column =
      by_time ? require_column(table, ColumnRole::time, options.time_column, "`time-column`") : 0;

  const int weight_column = column_of(table, ColumnRole::weight, options.weight_column);

  Interactions out;
  out.training_file = file;
  IdColumn user_ids("user", options.users_are_rows, nullptr);
  IdColumn item_ids("item", options.items_are_rows, options.item_map);
  std::vector<std::int32_t> users;
  std::vector<std::int32_t> items;
  std::vector<double> times;
  std::vector<float> weights;
  const auto take = [&] {
    const std::int32_t user = user_ids.read(table.field(user_column), table.line());
    const std::int32_t item = item_ids.read(table.field(item_column), table.line());
    const float weight = weight_at(table, weight_column);
    if (label_column) {
      const std::uint8_t label = read_label(table.field(*label_column));
      out.parts[label].emplace_back(user, item);
      if (weight_column >= 0 && static_cast<Part>(label) == Part::train) out.weights.push_back(weight);
      return;
    }
    users.push_back(user);
    items.push_back(item);
    if (weight_column >= 0) weights.push_back(weight);
    if (!by_time) return;
    const std::string_view field = input::trimmed(table.field(time_column));
    const auto time = parse_time(field);
    if (!time) fail<DataError>("the time '{}' {}", excerpt(field), time_problem(field));
    times.push_back(*time);
  };
  input::BadLines bad_lines(false);
  while (table.next(bad_lines)) bad_lines.guard_at(lines, table.line(), take);
  item_ids.refuse_lists(file, table.header()[item_column]);
  out.user = user_ids.largest(file);
  out.item = item_ids.largest(file);
  out.crlf = lines.crlf();
  out.byte_order_mark = lines.byte_order_mark();
  out.notes = bad_lines.notes();
  out.user_names = user_ids.take_names(file, out.notes);
  out.item_names = item_ids.take_names(file, out.notes);
  if (label_column) return out;

  if (options.users_are_rows) require_plausible(out.user, "user", static_cast<Index>(users.size()));
  add_split(users, items, times, std::move(weights), Index{out.user.id} + 1, options.split, options.split_seed, out);
  out.split_on_reading = true;
  out.notes.push_back(by_time ? "split on reading, each user by time"
                              : fmt::format("split on reading, each user at random (seed {})", options.split_seed));
  return out;
}

Interactions read_split_tables(const SplitFiles& files, const TableOptions& options) {
  Interactions out;
  out.training_file = files.train.string();
  IdColumn user_ids("user", options.users_are_rows, nullptr);
  IdColumn item_ids("item", options.items_are_rows, options.item_map);
  for (const auto& [path, part] : {std::pair(&files.train, Part::train), std::pair(&files.validation, Part::validation),
                                   std::pair(&files.test, Part::test)}) {
    if (path->empty()) continue;
    input::FileLines file(*path);
    input::TableReader table(file.lines, options.separator, true);
    const std::size_t user = require_column(table, ColumnRole::user, options.user_column, "`user-column`");
    const std::size_t item = require_column(table, ColumnRole::item, options.item_column, "`item-column`");
    const int weight = part == Part::train ? column_of(table, ColumnRole::weight, options.weight_column) : -1;
    input::BadLines bad_lines(false);
    while (table.next(bad_lines)) {
      bad_lines.guard_at(file.lines, table.line(), [&, to = part] {
        const std::int32_t user_id = user_ids.read(table.field(user), table.line());
        out.of(to).emplace_back(user_id, item_ids.read(table.field(item), table.line()));
        if (weight >= 0) out.weights.push_back(weight_at(table, weight));
      });
    }
    item_ids.refuse_lists(path->string(), table.header()[item]);
    out.crlf = out.crlf || file.lines.crlf();
    out.byte_order_mark = out.byte_order_mark || file.lines.byte_order_mark();
    for (const std::string& note : bad_lines.notes()) out.notes.push_back(note);
  }
  out.user = user_ids.largest(files.train.string());
  out.item = item_ids.largest(files.train.string());
  out.user_names = user_ids.take_names(out.training_file, out.notes);
  out.item_names = item_ids.take_names(out.training_file, out.notes);
  if (options.users_are_rows) require_plausible(out.user, "user", out.size());
  if (files.validation.empty()) draw_validation(out, options.split_seed);
  return out;
}

Interactions parse_interaction_table(std::string_view text, const std::string& file, const TableOptions& options) {
  input::MemoryStream stream(text);
  input::LineReader lines(stream, file);
  return read_interaction_table(lines, options);
}

}  // namespace monet::data
