#include "monet/serve/live.h"

#include <algorithm>
#include <mutex>
#include <unordered_set>
#include <utility>

namespace monet::serve {

namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::size_t kMuch = 1000;  // items touched lately: a few of them are sorted in no time
constexpr std::int64_t kSecondsKept = 5;

}  // namespace

Live::Live(LiveOptions options) : options_(std::move(options)) {}

Live::Number Live::number_of(const std::string& item) {
  const auto [found, added] = numbers_.try_emplace(item, static_cast<Number>(names_.size()));
  if (added) names_.push_back(item);
  return found->second;
}

void Live::add(const store::Event& event, std::int64_t now) {
  const std::unique_lock lock(mutex_);
  ++events_;
  std::vector<Number>& items = users_[event.user];
  if (!store::is_liking(event, options_.kind_weights)) return;
  const Number item = number_of(event.item);
  items.push_back(item);
  const std::int64_t hour = event.time / kHour;
  const std::int64_t oldest = (now - options_.recent_seconds) / kHour;
  if (hour >= oldest) ++hours_[{hour, item}];
  hours_.erase(hours_.begin(), hours_.lower_bound({oldest, 0}));
}

void Live::forget(const std::string& user) {
  const std::unique_lock lock(mutex_);
  users_.erase(user);
}

void Live::renew(const std::string& user, std::span<const store::StoredEvent> events) {
  const std::unique_lock lock(mutex_);
  if (events.empty()) {
    users_.erase(user);
    return;
  }
  std::vector<Number>& items = users_[user];
  items.clear();
  for (const store::StoredEvent& stored : events) {
    if (store::is_liking(stored.event, options_.kind_weights)) items.push_back(number_of(stored.event.item));
  }
}

void Live::replace(Live&& other) {
  const std::unique_lock lock(mutex_);
  names_ = std::move(other.names_);
  numbers_ = std::move(other.numbers_);
  users_ = std::move(other.users_);
  hours_ = std::move(other.hours_);
  events_ = other.events_;
}

std::vector<std::string> Live::items_of(const std::string& user) const {
  const std::shared_lock lock(mutex_);
  const auto found = users_.find(user);
  std::vector<std::string> items;
  if (found == users_.end()) return items;
  std::unordered_set<Number> seen;
  for (auto at = found->second.rbegin(); at != found->second.rend() && items.size() < options_.most_items; ++at) {
    if (seen.insert(*at).second) items.push_back(names_[static_cast<std::size_t>(*at)]);
  }
  return items;
}

bool Live::knows(const std::string& user) const {
  const std::shared_lock lock(mutex_);
  return users_.contains(user);
}

std::size_t Live::num_users() const {
  const std::shared_lock lock(mutex_);
  return users_.size();
}

std::size_t Live::num_events() const {
  const std::shared_lock lock(mutex_);
  return events_;
}

std::shared_ptr<const std::vector<Touched>> Live::recent(std::int64_t now) const {
  const std::lock_guard one_at_a_time(recent_mutex_);
  if (recent_ && recent_->size() >= kMuch && now >= recent_at_ && now - recent_at_ < kSecondsKept) return recent_;
  const std::shared_lock lock(mutex_);
  std::unordered_map<Number, std::int64_t> times;
  const auto first = hours_.lower_bound({(now - options_.recent_seconds) / kHour, 0});
  const auto last = hours_.lower_bound({now / kHour + 1, 0});
  for (auto at = first; at != last; ++at) times[at->first.second] += at->second;
  auto touched = std::make_shared<std::vector<Touched>>();
  for (const auto& [item, count] : times) touched->push_back({names_[static_cast<std::size_t>(item)], count});
  std::sort(touched->begin(), touched->end(), [](const Touched& a, const Touched& b) {
    return a.times != b.times ? a.times > b.times : a.item < b.item;
  });
  recent_ = std::move(touched);
  recent_at_ = now;
  return recent_;
}

std::vector<std::string> Live::find_users(const std::string& text, const std::string& after, std::size_t limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> found;
  for (auto at = users_.upper_bound(after); at != users_.end() && found.size() < limit; ++at) {
    if (at->first.find(text) != std::string::npos) found.push_back(at->first);
  }
  return found;
}

}  // namespace monet::serve
