#include "monet/rank/rank_candidates.h"

#include "monet/core/error.h"
#include "monet/rank/scores.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace monet::rank {

namespace {

using ItemLists = std::vector<std::vector<std::int32_t>>;

ItemLists unique_lists(std::span<const std::span<const std::int32_t>> candidates) {
  ItemLists lists;
  for (const std::span<const std::int32_t> candidate : candidates) {
    std::vector<std::int32_t>& list = lists.emplace_back(candidate.begin(), candidate.end());
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return lists;
}

/// Keeps the scores of some items of each query, which ascend.
class PickScores final : public TileConsumer {
 public:
  PickScores(std::span<const std::size_t> positions, const ItemLists& lists, std::vector<std::vector<double>>& scores)
      : positions_(positions), lists_(&lists), scores_(&scores) {}
  std::size_t bytes_per_user() const override { return 0; }
  void begin_block(std::span<const std::int32_t> rows, int) override { rows_ = rows; }
  void tile(int, Index first, Index item_begin, MatrixView<float> scores) override {
    for (Index r = 0; r < scores.rows; ++r) {
      const std::size_t at = positions_[static_cast<std::size_t>(rows_[static_cast<std::size_t>(first + r)])];
      const std::vector<std::int32_t>& list = (*lists_)[at];
      const auto begin = std::lower_bound(list.begin(), list.end(), item_begin);
      for (auto item = begin; item != list.end() && *item < item_begin + scores.cols; ++item) {
        (*scores_)[at][static_cast<std::size_t>(item - list.begin())] =
            static_cast<double>(scores(r, *item - item_begin));
      }
    }
  }
  void end_block(ThreadPool&) override {}

 private:
  std::span<const std::size_t> positions_;
  const ItemLists* lists_;
  std::vector<std::vector<double>>* scores_;
  std::span<const std::int32_t> rows_;
};

/// Scores of the listed items. What a blend's are takes all items, so they are picked from whole rows.
std::vector<std::vector<double>> scores_of(ThreadPool& pool, const scoring::Items& items,
                                           std::span<const scoring::Query> queries, const ItemLists& lists) {
  std::vector<std::vector<double>> scores;
  for (const auto& list : lists) scores.emplace_back(list.size());
  const bool whole_rows = items.kind() == scoring::ScoreKind::blend;
  pool.for_range(static_cast<Index>(queries.size()), [&](Index begin, Index end, int) {
    for (auto q = static_cast<std::size_t>(begin); q < static_cast<std::size_t>(end); ++q) {
      if (!whole_rows || queries[q].history.empty()) score_items(items, queries[q], lists[q], scores[q]);
    }
  });
  if (!whole_rows) return scores;
  std::vector<scoring::Query> scored;
  std::vector<std::size_t> positions;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    if (queries[q].history.empty()) continue;
    scored.push_back(queries[q]);
    positions.push_back(q);
  }
  PickScores pick(positions, lists, scores);
  if (!scored.empty()) score_tiles(pool, items, scored, {}, pick);
  return scores;
}

void rank_one(std::span<const std::int32_t> unique, std::span<const double> exact, Index row, Ranking& ranking) {
  std::vector<float> scores(exact.size());
  std::transform(exact.begin(), exact.end(), scores.begin(), [](double score) { return static_cast<float>(score); });
  std::vector<std::size_t> order(unique.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  for (std::size_t r = 0; r < order.size(); ++r) {
    ranking.items(row, static_cast<Index>(r)) = unique[order[r]];
    ranking.scores(row, static_cast<Index>(r)) = scores[order[r]];
  }
  ranking.counts[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(order.size());
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
  const ItemLists lists = unique_lists(candidates);
  const std::vector<std::vector<double>> scores = scores_of(pool, items, queries, lists);
  pool.for_range(static_cast<Index>(queries.size()), [&](Index begin, Index end, int) {
    for (Index q = begin; q < end; ++q) {
      const auto at = static_cast<std::size_t>(q);
      rank_one(lists[at], scores[at], q, ranking);
      ranking.popular[at] = queries[at].history.empty() ? 1 : 0;
    }
  });
  ranking.num_popular = std::count(ranking.popular.begin(), ranking.popular.end(), 1);
  return ranking;
}

}  // namespace monet::rank
