#include "monet/rank/rank_candidates.h"

#include "monet/core/error.h"
#include "monet/rank/scores.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace monet::rank {

namespace {

void rank_one(const scoring::Items& items, const scoring::Query& query, std::span<const std::int32_t> candidates,
              Index row, Ranking& ranking) {
  std::vector<std::int32_t> unique(candidates.begin(), candidates.end());
  std::sort(unique.begin(), unique.end());
  unique.erase(std::unique(unique.begin(), unique.end()), unique.end());
  std::vector<double> exact(unique.size());
  score_items(items, query, unique, exact);
  const std::vector<float> scores(exact.begin(), exact.end());
  std::vector<std::size_t> order(unique.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  for (std::size_t r = 0; r < order.size(); ++r) {
    ranking.items(row, static_cast<Index>(r)) = unique[order[r]];
    ranking.scores(row, static_cast<Index>(r)) = scores[order[r]];
  }
  ranking.counts[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(order.size());
  ranking.popular[static_cast<std::size_t>(row)] = query.history.empty() ? 1 : 0;
}

}  // namespace

Ranking rank_candidates(ThreadPool& pool, const scoring::Items& items, std::span<const scoring::Query> queries,
                        std::span<const std::span<const std::int32_t>> candidates) {
  if (candidates.size() != queries.size()) {
    fail<InvalidArgument>("[rank] {} lists of candidates for {} queries", candidates.size(), queries.size());
  }
  scoring::check(items, queries);
  std::size_t most = 0;
  for (const std::span<const std::int32_t> list : candidates) {
    most = std::max(most, list.size());
    for (const std::int32_t item : list) {
      if (!scoring::has_item(items, item)) {
        fail<InvalidArgument>("[rank] candidate {} is outside [0, {})", item, items.size());
      }
    }
  }
  Ranking ranking(static_cast<Index>(queries.size()), static_cast<Index>(most));
  pool.for_range(static_cast<Index>(queries.size()), [&](Index begin, Index end, int) {
    for (Index q = begin; q < end; ++q) {
      const auto at = static_cast<std::size_t>(q);
      rank_one(items, queries[at], candidates[at], q, ranking);
    }
  });
  ranking.num_popular = std::count(ranking.popular.begin(), ranking.popular.end(), 1);
  return ranking;
}

}  // namespace monet::rank
