#include "monet/store/detail/event_table.h"

#include "monet/store/check.h"
#include "monet/store/detail/statement.h"

#include <algorithm>
#include <map>

namespace monet::store::detail {

namespace {

constexpr std::size_t kEventColumns = 7;
constexpr std::string_view kSelectEvents =
    "SELECT position, user_id, item_id, kind, weight, time, idempotency_key FROM events";

StoredEvent stored_event(Row& row) {
  StoredEvent stored;
  stored.position = integer_of(row[0]);
  Event& event = stored.event;
  event.user = std::move(text_of(row[1]));
  event.item = std::move(text_of(row[2]));
  event.kind = std::move(text_of(row[3]));
  if (!is_null(row[4])) event.weight = real_of(row[4]);
  event.time = integer_of(row[5]);
  if (!is_null(row[6])) event.key = std::move(text_of(row[6]));
  return stored;
}

std::vector<StoredEvent> stored_events(Rows rows) {
  std::vector<StoredEvent> events;
  events.reserve(rows.size());
  for (Row& row : rows) events.push_back(stored_event(row));
  return events;
}

using Known = std::map<std::string, StoredEvent, std::less<>>;  // by key

/// The events with these keys.
Known known_events(Connection& connection, std::span<const Value> keys) {
  Known known;
  for (Row& row : query_by_keys(connection, std::string(kSelectEvents) + " WHERE idempotency_key IN ", keys)) {
    StoredEvent stored = stored_event(row);
    std::string key = stored.event.key;
    known.emplace(std::move(key), std::move(stored));
  }
  return known;
}

/// What becomes of groups, by the events with keys that are there.
class AppendPlan {
 public:
  AppendPlan(Known known, std::int64_t position) : known_(std::move(known)), position_(position) {}

  AppendResult add(const std::vector<Event>& group) {
    const std::int64_t first = position_;
    AppendResult result;
    try {
      for (const Event& event : group) result.positions.push_back(add(event));
    } catch (const DataError&) {
      std::erase_if(known_, [&](const auto& entry) { return entry.second.position > first; });
      while (!added_.empty() && added_.back().position > first) added_.pop_back();
      position_ = first;
      throw;
    }
    result.added = position_ - first;
    result.duplicates = static_cast<std::int64_t>(group.size()) - result.added;
    return result;
  }

  const std::vector<StoredEvent>& added() const { return added_; }
  std::int64_t position() const { return position_; }

 private:
  std::int64_t add(const Event& event) {
    if (!event.key.empty()) {
      const auto [entry, is_new] = known_.try_emplace(event.key, StoredEvent{position_ + 1, event});
      if (!is_new) {
        if (entry->second.event == event) return entry->second.position;
        fail<DataError>("the idempotency key '{}' was used for another event; give each event a key of its own",
                        event.key);
      }
    }
    added_.push_back({++position_, event});
    return position_;
  }

  Known known_;
  std::vector<StoredEvent> added_;
  std::int64_t position_;
};

void insert(Connection& connection, const std::vector<StoredEvent>& events) {
  std::vector<Value> values;
  values.reserve(events.size() * kEventColumns);
  for (const StoredEvent& stored : events) {
    const Event& event = stored.event;
    values.insert(values.end(),
                  {stored.position, event.user, event.item, event.kind, event.weight ? Value(*event.weight) : Value(),
                   event.time, event.key.empty() ? Value() : Value(event.key)});
  }
  insert_rows(connection, "INSERT INTO events", "", kEventColumns, values);
}

/// " WHERE user_id = $1 AND …", with the parameters behind those that are there.
std::string where(const EventFilter& filter, std::vector<Value>& parameters) {
  std::string sql = " WHERE true";
  const auto add = [&](const char* column, const std::optional<std::string>& wanted) {
    if (!wanted) return;
    parameters.emplace_back(*wanted);
    sql += fmt::format(" AND {} = ${}", column, parameters.size());
  };
  add("user_id", filter.user);
  add("item_id", filter.item);
  add("kind", filter.kind);
  return sql;
}

void check(const EventFilter& filter) {
  if (filter.user) check_id(*filter.user, "user id");
  if (filter.item) check_id(*filter.item, "item id");
  if (filter.kind) check_id(*filter.kind, "kind");
}

}  // namespace

std::vector<AppendOutcome> append_groups(Connection& connection, State& state,
                                         std::span<const std::vector<Event>> groups) {
  std::vector<AppendOutcome> outcomes(groups.size());
  std::vector<Value> keys;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    try {
      for (const Event& event : groups[g]) store::check(event);
    } catch (const DataError&) {
      outcomes[g].error = std::current_exception();
      continue;
    }
    for (const Event& event : groups[g]) {
      if (!event.key.empty()) keys.emplace_back(event.key);
    }
  }
  AppendPlan plan(known_events(connection, keys), state.position);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (outcomes[g].error) continue;
    try {
      outcomes[g].result = plan.add(groups[g]);
    } catch (const DataError&) {
      outcomes[g].error = std::current_exception();
    }
  }
  insert(connection, plan.added());
  state.position = plan.position();
  return outcomes;
}

std::vector<StoredEvent> events_since(Connection& connection, std::int64_t position, std::size_t limit) {
  const std::vector<Value> parameters{position, limit_of(limit)};
  return stored_events(
      connection.query(std::string(kSelectEvents) + " WHERE position > $1 ORDER BY position LIMIT $2", parameters));
}

std::vector<StoredEvent> newest_events(Connection& connection, const EventFilter& filter, std::size_t limit,
                                       std::int64_t before) {
  check(filter);
  std::vector<Value> parameters{before, limit_of(limit)};
  const std::string sql =
      std::string(kSelectEvents) + where(filter, parameters) + " AND position < $1 ORDER BY position DESC LIMIT $2";
  return stored_events(connection.query(sql, parameters));
}

std::int64_t delete_events(Connection& connection, const EventFilter& filter) {
  check(filter);
  if (!filter.user && !filter.item) fail<InvalidArgument>("[store] whose events to delete? Name a user or an item");
  std::vector<Value> parameters;
  const std::string condition = where(filter, parameters);
  return connection.change("DELETE FROM events" + condition, parameters);
}

}  // namespace monet::store::detail
