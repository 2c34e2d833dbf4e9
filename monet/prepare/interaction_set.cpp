#include "monet/prepare/interaction_set.h"

#include "monet/core/error.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace monet::prepare {

namespace {
std::size_t at(std::int32_t index) {
  return static_cast<std::size_t>(index);
}

/// Clears `alive` for every repetition of a pair, gives the one that stays the largest of their weights, and returns
/// how many repetitions there are. Adds the pairs that come under several labels to `in_two_parts`.
Index merge_repeated(InteractionLog& log, bool keep_labels, std::vector<bool>& alive, Index& in_two_parts) {
  const std::size_t count = log.users.size();
  std::vector<std::size_t> begin(at(log.user_names.size()) + 1, 0);
  for (const std::int32_t user : log.users) ++begin[at(user) + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<std::uint32_t> entries(count);
  std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
  for (std::size_t e = 0; e < count; ++e) entries[next[at(log.users[e])]++] = static_cast<std::uint32_t>(e);
  const auto label = [&](std::uint32_t e) { return keep_labels ? log.labels[e] : std::uint8_t{0}; };
  // A missing time is NaN; such an entry counts as later than any other.
  const auto time_rank = [&](std::uint32_t e) { return std::pair(!(log.times[e] == log.times[e]), log.times[e]); };
  Index merged = 0;
  for (std::size_t user = 0; user + 1 < begin.size(); ++user) {
    const auto from = entries.begin() + static_cast<std::ptrdiff_t>(begin[user]);
    const auto to = entries.begin() + static_cast<std::ptrdiff_t>(begin[user + 1]);
    std::sort(from, to, [&](std::uint32_t a, std::uint32_t b) {
      if (log.items[a] != log.items[b]) return log.items[a] < log.items[b];
      if (label(a) != label(b)) return label(a) < label(b);
      const auto [a_missing, a_time] = time_rank(a);
      const auto [b_missing, b_time] = time_rank(b);
      if (a_missing != b_missing) return b_missing;
      if (!a_missing && a_time != b_time) return a_time < b_time;
      return a < b;
    });
    std::uint32_t staying = 0;
    for (auto entry = from; entry != to; ++entry) {
      if (entry == from || log.items[*entry] != log.items[*(entry - 1)] || label(*entry) != label(*(entry - 1))) {
        if (entry != from && log.items[*entry] == log.items[*(entry - 1)]) ++in_two_parts;
        staying = *entry;
        continue;
      }
      alive[*entry] = false;
      if (!log.weights.empty()) log.weights[staying] = std::max(log.weights[staying], log.weights[*entry]);
      ++merged;
    }
  }
  return merged;
}

void keep_core(const InteractionLog& log, Index k, std::vector<bool>& alive, Cleaning& cleaning) {
  std::vector<Index> user_degree(at(log.user_names.size()), 0);
  std::vector<Index> item_degree(at(log.item_names.size()), 0);
  for (std::size_t e = 0; e < alive.size(); ++e) {
    if (!alive[e]) continue;
    ++user_degree[at(log.users[e])];
    ++item_degree[at(log.items[e])];
  }
  const auto present = [](const std::vector<Index>& degrees) {
    return static_cast<Index>(std::count_if(degrees.begin(), degrees.end(), [](Index d) { return d > 0; }));
  };
  const Index users_before = present(user_degree);
  const Index items_before = present(item_degree);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t e = 0; e < alive.size(); ++e) {
      if (!alive[e] || (user_degree[at(log.users[e])] >= k && item_degree[at(log.items[e])] >= k)) continue;
      alive[e] = false;
      --user_degree[at(log.users[e])];
      --item_degree[at(log.items[e])];
      ++cleaning.core_interactions;
      changed = true;
    }
    if (changed) ++cleaning.core_rounds;
  }
  cleaning.core_users = users_before - present(user_degree);
  cleaning.core_items = items_before - present(item_degree);
}

/// Renumbers by first appearance and returns the names in their new order.
std::vector<std::string> renumber(std::vector<std::int32_t>& indices, std::vector<std::string> names) {
  std::vector<std::int32_t> new_index(names.size(), -1);
  std::vector<std::string> kept;
  for (std::int32_t& index : indices) {
    std::int32_t& renumbered = new_index[at(index)];
    if (renumbered < 0) {
      renumbered = static_cast<std::int32_t>(kept.size());
      kept.push_back(std::move(names[at(index)]));
    }
    index = renumbered;
  }
  return kept;
}

template <class T>
std::vector<T> living(std::vector<T> values, const std::vector<bool>& alive) {
  std::size_t kept = 0;
  for (std::size_t e = 0; e < values.size(); ++e) {
    if (alive[e]) values[kept++] = values[e];
  }
  values.resize(kept);
  return values;
}
}  // namespace

InteractionSet clean(InteractionLog log, Index k_core, bool keep_labels, Cleaning& cleaning) {
  if (log.users.size() > std::numeric_limits<std::uint32_t>::max()) {
    fail<DataError>("{} interactions are more than can be sorted here; prepare a part of them", log.users.size());
  }
  std::vector<bool> alive(log.users.size(), true);
  cleaning.merged = merge_repeated(log, keep_labels && log.has_labels(), alive, cleaning.in_two_parts);
  if (k_core > 1) keep_core(log, k_core, alive, cleaning);
  InteractionSet set;
  set.users = living(std::move(log.users), alive);
  set.items = living(std::move(log.items), alive);
  set.ratings = living(std::move(log.ratings), alive);
  set.times = living(std::move(log.times), alive);
  set.labels = living(std::move(log.labels), alive);
  set.weights = living(std::move(log.weights), alive);
  if (std::all_of(set.weights.begin(), set.weights.end(), [](float weight) { return weight == 1.0F; })) {
    set.weights.clear();
  }
  set.user_ids = renumber(set.users, log.user_names.take_names());
  set.item_ids = renumber(set.items, log.item_names.take_names());
  return set;
}

}  // namespace monet::prepare
