#include "monet/prepare/split_rules.h"

#include "monet/core/error.h"
#include "monet/core/rng.h"
#include "monet/data/split.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace monet::prepare {

namespace {
using data::Part;

constexpr std::uint64_t kColdStream = 0x636f6c6400000000U;  // apart from the streams of the users' draws
constexpr std::uint64_t kLastStream = 0x6c61737400000000U;

std::size_t at(Index index) {
  return static_cast<std::size_t>(index);
}
std::uint8_t code(Part part) {
  return static_cast<std::uint8_t>(part);
}

void require_times(const InteractionSet& set, SplitRule rule) {
  const auto missing = std::count_if(set.times.begin(), set.times.end(), [](double t) { return std::isnan(t); });
  if (missing == 0) return;
  fail<DataError>(
      "`split` {} needs a time of every interaction, {} of {} have none; name the column with "
      "`time-column`, or choose `split random`",
      name_of(rule), missing, set.size());
}

std::vector<std::uint8_t> by_user(const InteractionSet& set, data::SplitKind kind, std::uint64_t seed) {
  return data::split_interactions(set.users, set.items, set.times, static_cast<Index>(set.user_ids.size()), kind, seed)
      .part;
}

std::vector<std::uint8_t> by_global_time(const InteractionSet& set, std::string& note) {
  std::vector<double> sorted = set.times;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t held = sorted.size() / 5;
  const std::size_t test = held / 2;
  if (test == 0) fail<DataError>("{} interactions are too few to split by a global time", sorted.size());
  const double test_from = sorted[sorted.size() - test];
  const double validation_from = sorted[sorted.size() - held];
  std::vector<std::uint8_t> parts;
  for (const double time : set.times) {
    parts.push_back(code(time >= test_from ? Part::test : time >= validation_from ? Part::validation : Part::train));
  }
  note = fmt::format("validation from {}, test from {}", validation_from, test_from);
  return parts;
}

std::vector<std::uint8_t> leave_one_out(const InteractionSet& set, std::uint64_t seed, std::string& note) {
  const bool timed = std::none_of(set.times.begin(), set.times.end(), [](double t) { return std::isnan(t); });
  note = timed ? "the newest of each user" : "drawn, for want of times";
  const std::size_t users = set.user_ids.size();
  std::vector<Index> begin(users + 1, 0);
  for (const std::int32_t user : set.users) ++begin[at(user) + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<Index> entries(set.users.size());
  std::vector<Index> next(begin.begin(), begin.end() - 1);
  for (std::size_t e = 0; e < entries.size(); ++e) {
    entries[at(next[at(set.users[e])]++)] = static_cast<Index>(e);
  }
  std::vector<std::uint8_t> parts(set.users.size(), code(Part::train));
  for (std::size_t user = 0; user < users; ++user) {
    const std::span<Index> mine(entries.data() + begin[user], entries.data() + begin[user + 1]);
    if (mine.size() < 3) continue;
    if (timed) {
      std::sort(mine.begin(), mine.end(),
                [&](Index a, Index b) { return std::pair(set.times[at(a)], a) < std::pair(set.times[at(b)], b); });
    } else {
      Rng rng(seed, kLastStream + user);
      for (std::size_t last = mine.size(); last > mine.size() - 2; --last) {
        std::swap(mine[last - 1], mine[static_cast<std::size_t>(rng.below(last))]);
      }
    }
    parts[at(mine[mine.size() - 1])] = code(Part::test);
    parts[at(mine[mine.size() - 2])] = code(Part::validation);
  }
  return parts;
}

std::vector<std::uint8_t> by_cold_items(const InteractionSet& set, std::uint64_t seed, std::string& note) {
  const std::size_t items = set.item_ids.size();
  const std::size_t held = items / 5;
  const std::size_t test = held / 2;
  if (test == 0) fail<DataError>("{} items are too few to hold out a fifth of them; ten are needed", items);
  std::vector<std::size_t> order(items);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng(seed, kColdStream);
  for (std::size_t i = 0; i < held; ++i) {
    std::swap(order[i], order[i + static_cast<std::size_t>(rng.below(items - i))]);
  }
  std::vector<std::uint8_t> part_of_item(items, code(Part::train));
  for (std::size_t i = 0; i < held; ++i) part_of_item[order[i]] = code(i < test ? Part::test : Part::validation);
  std::vector<std::uint8_t> parts;
  for (const std::int32_t item : set.items) parts.push_back(part_of_item[at(item)]);
  note = fmt::format("{} items for validation, {} for the test", held - test, test);
  return parts;
}

std::vector<std::uint8_t> split_by(const InteractionSet& set, SplitRule rule, std::uint64_t seed, std::string& note) {
  switch (rule) {
    case SplitRule::given:
      if (set.labels.size() != set.users.size()) {
        fail<DataError>("`split given` needs an x_label column, and there is none; choose `split random` or another");
      }
      return set.labels;
    case SplitRule::random: return by_user(set, data::SplitKind::random, seed);
    case SplitRule::time: require_times(set, rule); return by_user(set, data::SplitKind::time, seed);
    case SplitRule::global_time: require_times(set, rule); return by_global_time(set, note);
    case SplitRule::leave_one_out: return leave_one_out(set, seed, note);
    case SplitRule::cold_items: break;
  }
  return by_cold_items(set, seed, note);
}
}  // namespace

std::vector<std::uint8_t> split_set(const InteractionSet& set, SplitRule rule, std::uint64_t seed, std::string& note) {
  std::vector<std::uint8_t> parts = split_by(set, rule, seed, note);
  if (std::find(parts.begin(), parts.end(), code(Part::train)) == parts.end()) {
    fail<DataError>("nothing is left to learn from: no interaction of {} is in training after `split` {}", set.size(),
                    name_of(rule));
  }
  return parts;
}

}  // namespace monet::prepare
