#pragma once

#include <cstdint>
#include <exception>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace monet::store {

/// Something a user did with an item. Texts are UTF-8; what they may hold says `check` (check.h).
struct Event {
  std::string user;
  std::string item;
  std::string kind;              // "view", "buy"
  std::optional<double> weight;  // nothing: what its kind weighs; else times that
  std::int64_t time = 0;         // Unix time, seconds
  std::string key;               // idempotency key, unique in the store; empty: none

  bool operator==(const Event&) const = default;
};

/// What kinds of events weigh; others weigh 1.
using KindWeights = std::map<std::string, double>;

/// Whether an event says that the user likes the item: it weighs more than 0. Its own weight goes before its kind's.
bool is_liking(const Event& event, const KindWeights& kinds);

/// An event as the store keeps it. Positions grow from 1 on in the order in which events become visible, and none is
/// used twice: whoever has seen position p, and asks for what is behind it, misses nothing. They may have gaps.
struct StoredEvent {
  std::int64_t position = 0;
  Event event;

  bool operator==(const StoredEvent&) const = default;
};

/// What became of events that were appended together.
struct AppendResult {
  std::vector<std::int64_t> positions;  // of each event; of a duplicate that of the one which is kept
  std::int64_t added = 0;
  std::int64_t duplicates = 0;  // their key and content were there already
};

/// The same where it may have failed: with `error` nothing of these events is kept.
struct AppendOutcome {
  AppendResult result;
  std::exception_ptr error;
};

/// Events that agree in whatever is said here.
struct EventFilter {
  std::optional<std::string> user = {};
  std::optional<std::string> item = {};
  std::optional<std::string> kind = {};
};

inline constexpr std::int64_t kNoPosition = std::numeric_limits<std::int64_t>::max();

}  // namespace monet::store
