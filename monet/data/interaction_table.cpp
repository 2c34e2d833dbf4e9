#include "monet/data/interaction_table.h"

#include "monet/data/columns.h"
#include "monet/data/delimited.h"
#include "monet/data/name_table.h"
#include "monet/data/text.h"
#include "monet/data/time.h"

#include <algorithm>
#include <optional>

namespace monet::data {

namespace {
/// Turns the fields of one column into indices.
class IdColumn {
 public:
  IdColumn(const char* what, bool are_rows, const IdMap* map) : what_(what), are_rows_(are_rows), map_(map) {
    if (map_ == nullptr) return;
    for (std::size_t row = 0; row < map_->names.size(); ++row) {
      if (map_->names[row].empty()) continue;
      rows_of_names_.push_back(static_cast<std::int32_t>(row));
      names_.add(map_->names[row]);
    }
  }

  std::int32_t read(const DelimitedReader& table, std::string_view field) {
    if (field == last_ && index_ >= 0) return index_;  // tables are often sorted by user
    index_ = look_up(table, field);
    last_ = field;
    if (index_ > largest_) {
      largest_ = index_;
      largest_line_ = table.line();
    }
    return index_;
  }

  LargestId largest(const std::string& file) const { return {largest_, fmt::format("{}:{}", file, largest_line_)}; }
  std::vector<std::string> take_names() {
    return are_rows_ || map_ != nullptr ? std::vector<std::string>{} : names_.take_names();
  }

 private:
  std::int32_t look_up(const DelimitedReader& table, std::string_view field) {
    if (field.empty()) fail<DataError>("{}: the {} is empty", table.where(), what_);
    if (map_ != nullptr) {
      const std::int32_t known = names_.find(field);
      if (known < 0) fail<DataError>("{}: {} '{}' is not in {}", table.where(), what_, excerpt(field), map_->file);
      return rows_of_names_[static_cast<std::size_t>(known)];
    }
    if (!are_rows_) return names_.add(field);
    const ParsedId id = parse_id(field);
    if (!id.good()) fail<DataError>("{}: {} id '{}' {}", table.where(), what_, excerpt(field), id.problem);
    return id.value;
  }

  const char* what_;
  bool are_rows_;
  const IdMap* map_;
  NameTable names_;
  std::vector<std::int32_t> rows_of_names_;
  std::string last_;
  std::int32_t index_ = -1;
  std::int32_t largest_ = -1;
  Index largest_line_ = 0;
};

std::uint8_t read_label(const DelimitedReader& table, std::string_view field) {
  if (field.size() == 1 && field[0] >= '0' && field[0] <= '2') return static_cast<std::uint8_t>(field[0] - '0');
  fail<DataError>("{}: x_label is '{}'; expected 0 (training), 1 (validation) or 2 (test)", table.where(),
                  excerpt(field));
}
}  // namespace

Interactions parse_interaction_table(std::string_view text, const std::string& file, const TableOptions& options) {
  DelimitedReader table(text, file, options.separator);
  const std::size_t user_column = require_column(table, file, ColumnRole::user, options.user_column, "`user-column`");
  const std::size_t item_column = require_column(table, file, ColumnRole::item, options.item_column, "`item-column`");
  const auto label_column = find_column(table.header(), ColumnRole::label);
  const bool by_time = !label_column && options.split == SplitKind::time;
  const std::size_t time_column =
      by_time ? require_column(table, file, ColumnRole::time, options.time_column, "`time-column`") : 0;

  Interactions out;
  out.training_file = file;
  IdColumn user_ids("user", options.users_are_rows, nullptr);
  IdColumn item_ids("item", options.items_are_rows, options.item_map);
  std::vector<std::int32_t> users;
  std::vector<std::int32_t> items;
  std::vector<double> times;
  while (table.next()) {
    const std::int32_t user = user_ids.read(table, table.field(user_column));
    const std::int32_t item = item_ids.read(table, table.field(item_column));
    if (label_column) {
      out.parts[read_label(table, table.field(*label_column))].emplace_back(user, item);
      continue;
    }
    users.push_back(user);
    items.push_back(item);
    if (!by_time) continue;
    const std::string_view field = table.field(time_column);
    const auto time = parse_time(field);
    if (!time) fail<DataError>("{}: the time '{}' {}", table.where(), excerpt(field), time_problem(field));
    times.push_back(*time);
  }
  out.user = user_ids.largest(file);
  out.item = item_ids.largest(file);
  out.user_names = user_ids.take_names();
  out.item_names = item_ids.take_names();
  out.crlf = table.crlf();
  out.byte_order_mark = table.byte_order_mark();
  if (label_column) return out;

  if (options.users_are_rows) require_plausible(out.user, "user", static_cast<Index>(users.size()));
  const Split split =
      split_interactions(users, items, times, Index{out.user.id} + 1, options.split, options.split_seed);
  for (std::size_t e = 0; e < users.size(); ++e) {
    if (split.part[e] != Split::kRepeated) out.parts[split.part[e]].emplace_back(users[e], items[e]);
  }
  out.duplicates = split.repeated;
  out.notes.push_back(by_time ? "split on reading, each user by time"
                              : fmt::format("split on reading, each user at random (seed {})", options.split_seed));
  return out;
}

}  // namespace monet::data
