#pragma once

#include "monet/store/event.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace monet::serve {

/// Which events count, and for how long.
struct LiveOptions {
  store::KindWeights kind_weights = {};                       // of an event without a weight of its own
  std::int64_t recent_seconds = std::int64_t{7} * 24 * 3600;  // what is "popular lately"; counted by whole hours
  std::size_t most_items = 1000;                              // newest items of a user that are looked at
};

/// An item and how often it was touched.
struct Touched {
  std::string item;
  std::int64_t times = 0;
};

/// What answers need of the store's events in memory: the items of each user, and what was touched lately. An event
/// that weighs 0 or less is no sign of liking and does not count. Any thread may call.
class Live {
 public:
  explicit Live(LiveOptions options);

  /// `now`: Unix time; what is too old for `recent` is dropped.
  void add(const store::Event& event, std::int64_t now);
  /// A user's items. What was touched lately keeps her counts, which name nobody.
  void forget(const std::string& user);
  /// A user's events are these, the oldest first. Counts stay as with `forget`.
  void renew(const std::string& user, std::span<const store::StoredEvent> events);
  std::size_t most_items() const { return options_.most_items; }
  /// Takes the place of everything before; of the same options.
  void replace(Live&& other);

  /// Items of a user, the newest first, each once; at most `most_items`.
  std::vector<std::string> items_of(const std::string& user) const;
  bool knows(const std::string& user) const;
  std::size_t num_users() const;
  std::size_t num_events() const;

  /// What was touched within `recent_seconds` before `now`, the most often first, ties by id. Where it is much, the
  /// answer may be some seconds old. O(items touched) when it is made anew.
  std::shared_ptr<const std::vector<Touched>> recent(std::int64_t now) const;
  /// Ids of users that hold `text`, in order, from behind `after` on.
  std::vector<std::string> find_users(const std::string& text, const std::string& after, std::size_t limit) const;

 private:
  using Number = std::int32_t;
  Number number_of(const std::string& item);

  LiveOptions options_;
  mutable std::shared_mutex mutex_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, Number> numbers_;
  std::map<std::string, std::vector<Number>> users_;               // items in the order of their events
  std::map<std::pair<std::int64_t, Number>, std::int64_t> hours_;  // (hour, item) to touches
  std::size_t events_ = 0;
  mutable std::mutex recent_mutex_;
  mutable std::int64_t recent_at_ = 0;
  mutable std::shared_ptr<const std::vector<Touched>> recent_;  // as it was then
};

}  // namespace monet::serve
