#include "monet/rank/rank.h"

#include "monet/core/error.h"
#include "monet/rank/detail/top_lists.h"
#include "monet/rank/filter.h"

#include <algorithm>
#include <numeric>

namespace monet::rank {

namespace {

void check_pattern(const char* name, const CsrView& pattern, Index rows, Index num_items,
                   std::span<const std::int32_t> rows_used) {
  if (pattern.rows != rows || pattern.cols != num_items) {
    fail<InvalidArgument>("[rank] {} is {} x {}, expected {} x {}", name, pattern.rows, pattern.cols, rows, num_items);
  }
  const auto sorted = [&](Index r) {
    const auto row = pattern.row(r);
    return std::is_sorted(row.begin(), row.end());
  };
  if (rows_used.empty()) {
    for (Index r = 0; r < rows; ++r) {
      if (!sorted(r)) fail<InvalidArgument>("[rank] row {} of {} is not ascending", r, name);
    }
  }
  for (const std::int32_t r : rows_used) {
    if (!sorted(r)) fail<InvalidArgument>("[rank] row {} of {} is not ascending", r, name);
  }
}

Filter make_filter(const scoring::Scoring& scoring, std::span<const std::int32_t> users, const RankOptions& options) {
  const Index num_items = static_cast<Index>(scoring.item_popularity.size());
  std::vector<CsrView> by_user{scoring.history};
  for (const CsrView& mask : options.masks) {
    check_pattern("a mask", mask, scoring.history.rows, num_items, users);
    by_user.push_back(mask);
  }
  if (options.exclude.rows != 0) {
    check_pattern("the list of exclusions", options.exclude, static_cast<Index>(users.size()), num_items, {});
  }
  return Filter(std::move(by_user), options.exclude);
}

void rank_by_popularity(const scoring::Scoring& scoring, std::span<const std::int32_t> users,
                        std::span<const std::int32_t> positions, const Filter& filter, Ranking& ranking) {
  const std::vector<std::int32_t> order = popularity_order(scoring.item_popularity);
  const Index k = ranking.items.cols();
  std::vector<std::int32_t> blocked;
  for (const std::int32_t position : positions) {
    blocked.clear();
    filter.append(users[static_cast<std::size_t>(position)], position, blocked);
    std::int32_t count = 0;
    for (auto item = order.begin(); item != order.end() && count < k; ++item) {
      if (std::binary_search(blocked.begin(), blocked.end(), *item)) continue;
      ranking.items(position, count) = *item;
      ranking.scores(position, count) = scoring.item_popularity[static_cast<std::size_t>(*item)];
      ++count;
    }
    ranking.counts[static_cast<std::size_t>(position)] = count;
    ranking.popular[static_cast<std::size_t>(position)] = 1;
  }
  ranking.num_popular = static_cast<Index>(positions.size());
}

}  // namespace

std::vector<std::int32_t> popularity_order(std::span<const float> popularity) {
  std::vector<std::int32_t> order(popularity.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return popularity[static_cast<std::size_t>(a)] > popularity[static_cast<std::size_t>(b)];
  });
  return order;
}

Ranking rank(ThreadPool& pool, const scoring::Scoring& scoring, std::span<const std::int32_t> users,
             const RankOptions& options) {
  if (options.k < 1) fail<InvalidArgument>("[rank] k is {}, must be at least 1", options.k);
  check(scoring, users);
  const Filter filter = make_filter(scoring, users, options);
  const Index n = static_cast<Index>(users.size());
  const Index num_items = static_cast<Index>(scoring.item_popularity.size());
  const Index k = std::min(options.k, num_items);

  Ranking ranking;
  ranking.items = Matrix<std::int32_t>(n, k);
  fill(ranking.items.view(), -1);
  ranking.scores = Matrix<float>::zeros(n, k);
  ranking.counts.assign(users.size(), 0);
  ranking.popular.assign(users.size(), 0);

  std::vector<std::int32_t> scored, scored_at, popular_at;
  for (Index p = 0; p < n; ++p) {
    const std::int32_t user = users[static_cast<std::size_t>(p)];
    if (scoring.history.degree(user) == 0) {
      popular_at.push_back(static_cast<std::int32_t>(p));
    } else {
      scored.push_back(user);
      scored_at.push_back(static_cast<std::int32_t>(p));
    }
  }
  if (!scored.empty() && num_items > 0) {
    detail::TopLists lists(scored, scored_at, num_items, filter, ranking.items, ranking.scores, ranking.counts);
    score_tiles(pool, scoring, scored, options.tiles, lists);
  }
  if (!popular_at.empty()) rank_by_popularity(scoring, users, popular_at, filter, ranking);
  return ranking;
}

}  // namespace monet::rank
