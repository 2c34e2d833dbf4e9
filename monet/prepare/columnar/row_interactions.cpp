#include "monet/prepare/columnar/row_interactions.h"

#include "monet/core/error.h"
#include "monet/data/columns.h"
#include "monet/data/text.h"
#include "monet/prepare/choose_keys.h"
#include "monet/prepare/columnar/column_sql.h"
#include "monet/prepare/columnar/value_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace monet::prepare {

namespace {
using data::ColumnRole;
using duckdb::Values;

constexpr std::size_t kAhead = 16;  // look-ups that are on their way at a time

std::string column_names(const std::vector<duckdb::Column>& columns) {
  std::string names;
  for (const duckdb::Column& column : columns) names += (names.empty() ? "" : ", ") + column.name;
  return data::excerpt(names);
}

/// Where no column is called as one of items, a list of them is.
std::optional<Field> items_field(const std::vector<duckdb::Column>& columns, const std::string& place) {
  const auto found = std::find_if(columns.begin(), columns.end(), [](const duckdb::Column& column) {
    return column.type.is_list() && data::is_plural_of_item(column.name);
  });
  if (found == columns.end()) return std::nullopt;
  return find_field(columns, ColumnRole::item, found->name, place);
}

Field id_field(const std::vector<duckdb::Column>& columns, ColumnRole role, const std::string& wanted,
               const RowTable& table) {
  const char* what = role == ColumnRole::user ? "user" : "item";
  auto field = find_field(columns, role, wanted == "none" ? "" : wanted, table.place);
  if (!field && role == ColumnRole::item) field = items_field(columns, table.place);
  if (!field) {
    fail<DataError>("{}: no {} column is recognised among {}; name it with `{}-column`", table.place, what,
                    column_names(columns), what);
  }
  return id_value(with_id_of_struct(*field, role), what, table.place);
}

/// Whether the first part of `wanted` is there.
bool has_column(const std::vector<duckdb::Column>& columns, const std::string& wanted) {
  return std::any_of(columns.begin(), columns.end(), [&](const auto& column) {
    return wanted.substr(0, wanted.find('.')) == column.name.substr(0, column.name.find('.'));
  });
}

std::string_view text_at(const Values& values, std::size_t at) {
  return values.has(at) ? values.text(at) : std::string_view();
}

/// The column of kinds: the one that is named, else found by names and a sample of the values.
std::optional<Field> event_field(const std::vector<duckdb::Column>& columns, const InteractionColumns& wanted,
                                 const std::vector<EventWeight>& events, const RowTable& table) {
  if (!wanted.event.empty()) {
    const auto field = find_field(columns, ColumnRole::event, wanted.event, table.place);
    return field ? std::optional(kind_value(*field, table.place)) : std::nullopt;
  }
  std::vector<std::pair<std::size_t, Field>> ranked;
  for (const duckdb::Column& column : columns) {
    const auto rank = data::rank_of_name(column.name, ColumnRole::event);
    const bool is_named = column.name == wanted.user || column.name == wanted.item || column.name == wanted.rating ||
                          column.name == wanted.time;
    if (!rank || is_named || column.type.is_list() || column.type.id == duckdb::c::TypeId::structure) continue;
    ranked.emplace_back(*rank, *find_field(columns, ColumnRole::event, column.name, table.place));
  }
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::vector<std::string>> samples;
  for (const auto& [rank, field] : ranked) samples.push_back(sample_of(table, field.sql));
  std::vector<EventCandidate> candidates;
  for (std::size_t c = 0; c < ranked.size(); ++c) {
    candidates.push_back({ranked[c].second.name, ranked[c].second.name, samples[c]});
  }
  if (const auto chosen = choose_event_column(candidates, events)) return ranked[*chosen].second;
  if (events.empty()) return std::nullopt;
  fail<DataError>("{}: no column of the kinds of interactions is recognised among {}; name it with `event-column`",
                  table.place, column_names(columns));
}

int label_at(const Values& values, std::size_t at) {
  const int label = values.has(at) ? values.as<std::int32_t>(at) : -1;
  if (label >= 0 && label <= 2) return label;
  fail<DataError>("x_label is {}; expected 0 (training), 1 (validation) or 2 (test)",
                  values.has(at) ? fmt::format("{}", label) : "missing");
}
}  // namespace

/// What of a table is read, and as what.
struct RowInteractions::Reading {
  Reading(const RowTable& table, const InteractionColumns& wanted, const std::vector<EventWeight>& events, bool first,
          std::vector<std::string>& notes) {
    const std::vector<duckdb::Column> columns = table.columns();
    user = id_field(columns, ColumnRole::user, wanted.user, table);
    item = id_field(columns, ColumnRole::item, wanted.item, table);
    if (user.type.is_list()) {
      fail<DataError>("{}: the column '{}' holds a list where one user id belongs; name another with `user-column`",
                      table.place, user.name);
    }
    expressions = {user.sql, item.sql};
    std::string note;
    if (const auto field = optional(columns, ColumnRole::rating, wanted.rating, first, table)) {
      rating = RatingColumn::of(*field, first && !wanted.rating.empty(), table, note);
      if (rating) rating_name = field->name;
      if (rating) rating_at = add(rating->sql());
    }
    if (!note.empty()) notes.push_back(std::exchange(note, {}));
    if (const auto field = optional(columns, ColumnRole::time, wanted.time, first, table)) {
      time = TimeColumn::of(*field, first && !wanted.time.empty(), table, note);
      if (time) time_name = field->name;
      if (time) time_at = add(time->sql());
      if (time && first && !time->unit().empty())
        note = fmt::format("times are {}; they are kept as seconds", time->unit());
    }
    if (!note.empty()) notes.push_back(std::move(note));
    const bool may_lack = !first && events.empty() && !has_column(columns, wanted.event);
    if (const auto field = may_lack ? std::nullopt : event_field(columns, wanted, events, table)) {
      event_name = field->name;
      event_at = add(fmt::format("CAST({} AS VARCHAR)", field->sql));
    }
    if (const auto field = find_field(columns, ColumnRole::label, {}, table.place)) {
      label_at = add(fmt::format("TRY_CAST({} AS INTEGER)", field->sql));
    }
  }

  /// A later table may lack an optional column that the first one has.
  static std::optional<Field> optional(const std::vector<duckdb::Column>& columns, ColumnRole role,
                                       const std::string& wanted, bool first, const RowTable& table) {
    const bool missing = !first && !wanted.empty() && !has_column(columns, wanted);
    return missing ? std::nullopt : find_field(columns, role, wanted, table.place);
  }
  std::size_t add(std::string sql) {
    expressions.push_back(std::move(sql));
    return expressions.size() - 1;
  }

  Field user;
  Field item;
  std::optional<RatingColumn> rating;
  std::optional<TimeColumn> time;
  std::string rating_name;
  std::string time_name;
  std::size_t rating_at = 0;  // 0: there is none
  std::size_t time_at = 0;
  std::size_t label_at = 0;
  std::string event_name;
  std::size_t event_at = 0;
  std::vector<std::string> expressions;
};

void RowInteractions::keep_names(const Reading& reading) {
  columns_.user = columns_.user.empty() || columns_.user == "none" ? reading.user.name : columns_.user;
  columns_.item = columns_.item.empty() || columns_.item == "none" ? reading.item.name : columns_.item;
  columns_.rating = reading.rating ? reading.rating_name : "none";
  columns_.time = reading.time ? reading.time_name : "none";
  if (reading.event_at > 0) log_.kinds.read_from(reading.event_name, !columns_.event.empty());
  columns_.event = reading.event_at > 0 ? reading.event_name : "none";
  named_ = true;
  log_.columns = {reading.user.name, reading.item.name, columns_.rating, columns_.time, columns_.event};
}

void RowInteractions::read(const RowTable& table, input::Observer& observer, input::BadLines& bad_lines) {
  const Reading reading(table, columns_, log_.kinds.events(), !named_, notes_);
  if (!named_) keep_names(reading);
  const bool in_lists = reading.item.type.is_list();
  users_.set_type(reading.user.type);
  items_.set_type(in_lists ? reading.item.type.parts.front() : reading.item.type);
  const bool single = reading.rating && reading.rating->is_single();
  log_.settle();
  RowWalk walk(table, reading.expressions, observer);
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  while (walk.next()) {
    const Values users = walk.values(0);
    const Values lists = walk.values(1);
    const Values items = in_lists ? lists.elements() : lists;
    const Values ratings = walk.values(reading.rating_at);
    const Values times = walk.values(reading.time_at);
    const Values events = walk.values(reading.event_at);
    const Values labels = walk.values(reading.label_at);
    walk.each(bad_lines, [&](std::size_t row) {
      if (row + kAhead < walk.size()) {
        users_.prefetch(users, row + kAhead);
        if (!in_lists) items_.prefetch(items, row + kAhead);
      }
      const IdColumn::Id user = users_.read(users, row);
      const double rating = reading.rating ? reading.rating->read(ratings, row) : kNone;
      const double time = reading.time ? reading.time->read(times, row) : kNone;
      const int label = reading.label_at > 0 ? prepare::label_at(labels, row) : -1;
      const auto take = [&](const IdColumn::Id& item) {
        const float weight = reading.event_at > 0 ? log_.kinds.take(text_at(events, row)) : 1.0F;
        if (weight <= 0.0F || !log_.admits(rating, single)) return;
        log_.append(users_.index_of(user), items_.index_of(item), rating, time, label, weight);
      };
      if (!in_lists) return take(items_.read(items, row));
      if (!lists.has(row)) fail<DataError>("there is no list of items; every interaction needs one");
      const auto& range = lists.as<duckdb::c::ListEntry>(row);
      // All of a list, or nothing of it.
      for (std::uint64_t at = range.offset; at < range.offset + range.length; ++at) items_.read(items, at);
      for (std::uint64_t at = range.offset; at < range.offset + range.length; ++at) take(items_.read(items, at));
    });
  }
}

void RowInteractions::finish(input::BadLines& bad_lines) const {
  for (const std::string& note : notes_) bad_lines.note(note);
  for (const auto& [column, what] : {std::pair(&users_, "user"), std::pair(&items_, "item")}) {
    if (column->whole_floats() > 0) {
      bad_lines.note(fmt::format("{} ids are floating-point numbers; whole ones are read as integers", what));
    }
  }
}

}  // namespace monet::prepare
