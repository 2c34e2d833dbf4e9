#pragma once

#include "monet/store/detail/connection.h"
#include "monet/store/event.h"
#include "monet/store/store.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::store::detail {

/// `Store::append_groups` within a transaction that holds the lock on `state`, whose position it moves.
std::vector<AppendOutcome> append_groups(Connection& connection, State& state,
                                         std::span<const std::vector<Event>> groups);
std::vector<StoredEvent> events_since(Connection& connection, std::int64_t position, std::size_t limit);
std::vector<StoredEvent> newest_events(Connection& connection, const EventFilter& filter, std::size_t limit,
                                       std::int64_t before);
std::int64_t delete_events(Connection& connection, const EventFilter& filter);

}  // namespace monet::store::detail
