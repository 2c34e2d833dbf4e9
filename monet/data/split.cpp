#include "monet/data/split.h"

#include "monet/core/rng.h"
#include "monet/data/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace monet::data {

namespace {
// Apart from the streams that initialise and sample.
constexpr std::uint64_t kSplitStream = 0x73706c6974000000U;
constexpr std::uint64_t kValidationStream = 0x76616c6964000000U;

std::size_t at(Index i) {
  return static_cast<std::size_t>(i);
}

/// Entries grouped by user: `entries[begin[u] .. begin[u+1])`, in their order.
struct Groups {
  std::vector<Index> begin;
  std::vector<Index> entries;
};

Groups group_by_user(std::span<const std::int32_t> users, Index num_users) {
  Groups groups;
  groups.begin.assign(at(num_users) + 1, 0);
  for (const std::int32_t user : users) ++groups.begin[at(user) + 1];
  for (Index u = 0; u < num_users; ++u) groups.begin[at(u) + 1] += groups.begin[at(u)];
  groups.entries.resize(users.size());
  std::vector<Index> next(groups.begin.begin(), groups.begin.end() - 1);
  for (std::size_t e = 0; e < users.size(); ++e) groups.entries[at(next[at(users[e])]++)] = static_cast<Index>(e);
  return groups;
}
}  // namespace

namespace {
/// Sorts pairs, and merges those that are there several times; the largest of their weights (if there are any) stays.
void sort_and_merge(std::vector<Pair>& pairs, std::vector<float>& weights) {
  if (weights.empty()) {
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return;
  }
  std::vector<std::pair<Pair, float>> both(pairs.size());
  for (std::size_t e = 0; e < pairs.size(); ++e) both[e] = {pairs[e], -weights[e]};
  std::sort(both.begin(), both.end());
  pairs.clear();
  weights.clear();
  for (const auto& [pair, weight] : both) {
    if (!pairs.empty() && pairs.back() == pair) continue;
    pairs.push_back(pair);
    weights.push_back(-weight);
  }
}
}  // namespace

HeldOut held_out(Index interactions) {
  if (interactions < 3) return {};
  if (interactions < 10) return {1, 1};
  const Index held = interactions / 5;
  const Index test = held / 2;
  return {held - test, test};
}

Split split_interactions(std::span<const std::int32_t> users, std::span<const std::int32_t> items,
                         std::span<const double> times, Index num_users, SplitKind kind, std::uint64_t seed) {
  Split split;
  split.part.assign(users.size(), static_cast<std::uint8_t>(Part::train));
  Groups groups = group_by_user(users, num_users);
  const bool by_time = kind == SplitKind::time;
  for (Index u = 0; u < num_users; ++u) {
    const auto begin = groups.entries.begin() + groups.begin[at(u)];
    auto end = groups.entries.begin() + groups.begin[at(u) + 1];
    std::sort(begin, end, [&](Index a, Index b) {
      if (items[at(a)] != items[at(b)]) return items[at(a)] < items[at(b)];
      if (by_time && times[at(a)] != times[at(b)]) return times[at(a)] < times[at(b)];
      return a < b;
    });
    auto kept = begin;
    for (auto entry = begin; entry != end; ++entry) {
      if (kept != begin && items[at(*entry)] == items[at(*(kept - 1))]) {
        split.part[at(*entry)] = Split::kRepeated;
        ++split.repeated;
      } else {
        *kept++ = *entry;
      }
    }
    end = kept;
    const HeldOut held = held_out(end - begin);
    const Index count = held.validation + held.test;
    if (count == 0) continue;
    if (by_time) {
      std::sort(begin, end, [&](Index a, Index b) { return std::pair(times[at(a)], a) < std::pair(times[at(b)], b); });
    } else {
      Rng rng(seed, kSplitStream + static_cast<std::uint64_t>(u));
      for (auto last = end; end - last < count; --last) {
        std::iter_swap(last - 1, begin + static_cast<Index>(rng.below(static_cast<std::uint64_t>(last - begin))));
      }
    }
    for (Index k = 1; k <= count; ++k) {
      split.part[at(*(end - k))] = static_cast<std::uint8_t>(k <= held.test ? Part::test : Part::validation);
    }
  }
  return split;
}

Index draw_validation(std::span<const std::int32_t> users, std::span<std::uint8_t> part, Index num_users,
                      std::uint64_t seed) {
  Groups groups = group_by_user(users, num_users);
  Index drawn = 0;
  for (Index u = 0; u < num_users; ++u) {
    const auto begin = groups.entries.begin() + groups.begin[at(u)];
    const auto end = std::remove_if(begin, groups.entries.begin() + groups.begin[at(u) + 1], [&](Index entry) {
      return part[at(entry)] != static_cast<std::uint8_t>(Part::train);
    });
    Rng rng(seed, kValidationStream + static_cast<std::uint64_t>(u));
    const Index count = held_out(end - begin).validation;
    for (Index k = 0; k < count; ++k) {
      const auto last = end - 1 - k;
      std::iter_swap(last, begin + static_cast<Index>(rng.below(static_cast<std::uint64_t>(last - begin + 1))));
      part[at(*last)] = static_cast<std::uint8_t>(Part::validation);
    }
    drawn += count;
  }
  return drawn;
}

void add_split(std::span<const std::int32_t> users, std::span<const std::int32_t> items, std::span<const double> times,
               std::vector<float> weights, Index num_users, SplitKind kind, std::uint64_t seed, Interactions& out) {
  const Split split = split_interactions(users, items, times, num_users, kind, seed);
  share_largest(users, items, weights);
  std::array<std::size_t, 3> sizes{};
  for (const std::uint8_t part : split.part) {
    if (part != Split::kRepeated) ++sizes[part];
  }
  for (std::size_t part = 0; part < sizes.size(); ++part) out.parts[part].reserve(sizes[part]);
  for (std::size_t e = 0; e < users.size(); ++e) {
    if (split.part[e] == Split::kRepeated) continue;
    out.parts[split.part[e]].emplace_back(users[e], items[e]);
    if (!weights.empty() && static_cast<Part>(split.part[e]) == Part::train) out.weights.push_back(weights[e]);
  }
  out.duplicates = split.repeated;
}

void draw_validation(Interactions& interactions, std::uint64_t seed) {
  std::vector<Pair>& train = interactions.of(Part::train);
  std::vector<float>& weights = interactions.weights;
  sort_and_merge(train, weights);
  std::vector<std::int32_t> users;
  for (const Pair& pair : train) users.push_back(pair.first);
  std::vector<std::uint8_t> part(train.size(), static_cast<std::uint8_t>(Part::train));
  const Index drawn = draw_validation(users, part, Index{interactions.user.id} + 1, seed);
  std::vector<Pair> kept;
  std::vector<float> kept_weights;
  for (std::size_t e = 0; e < train.size(); ++e) {
    const bool stays = part[e] == static_cast<std::uint8_t>(Part::train);
    (stays ? kept : interactions.of(Part::validation)).push_back(train[e]);
    if (stays && !weights.empty()) kept_weights.push_back(weights[e]);
  }
  train = std::move(kept);
  weights = std::move(kept_weights);
  interactions.notes.push_back(fmt::format(
      "there is no file of validation interactions: {} are drawn from the training ones (seed {})", drawn, seed));
}

}  // namespace monet::data
