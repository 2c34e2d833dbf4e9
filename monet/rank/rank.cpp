#include "monet/rank/rank.h"

#include "monet/core/error.h"
#include "monet/rank/detail/score_table.h"
#include "monet/rank/detail/top_lists.h"

#include <algorithm>

namespace monet::rank {

namespace {

using ItemList = std::vector<std::int32_t>;

void check(const scoring::Items& items, const RankOptions& options) {
  if (options.k < 1) fail<InvalidArgument>("[rank] k is {}, must be at least 1", options.k);
  if (!scoring::is_item_list(options.exclude, items.size())) {
    fail<InvalidArgument>("[rank] the exclusions are not ascending item ids in [0, {})", items.size());
  }
  if (options.only && !scoring::is_item_list(*options.only, items.size())) {
    fail<InvalidArgument>("[rank] the only candidates are not ascending item ids in [0, {})", items.size());
  }
}

bool is_in(std::span<const std::int32_t> ascending, std::int32_t item) {
  return std::binary_search(ascending.begin(), ascending.end(), item);
}

/// Items by popularity, best first, for queries that want only some of them.
class PopularItems {
 public:
  PopularItems(const scoring::Items& items, const RankOptions& options) : items_(&items), options_(&options) {
    if (options.only) order_ = ordered(*options.only);
  }

  void rank(const scoring::Query& query, const detail::Filter& filter, Index row, Ranking& ranking) const {
    ItemList blocked, own;
    filter.append_blocked(query, blocked);
    std::span<const std::int32_t> order = options_->only ? std::span(order_) : items_->by_popularity();
    if (query.only) order = own = ordered(*query.only);
    Index count = 0;
    for (auto item = order.begin(); item != order.end() && count < ranking.items.cols(); ++item) {
      if (is_in(blocked, *item) || (query.only && options_->only && !is_in(*options_->only, *item))) continue;
      ranking.items(row, count) = *item;
      ranking.scores(row, count) = items_->popularity()[static_cast<std::size_t>(*item)];
      ++count;
    }
    ranking.counts[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(count);
    ranking.popular[static_cast<std::size_t>(row)] = 1;
    ++ranking.num_popular;
  }

 private:
  ItemList ordered(std::span<const std::int32_t> some) const {
    ItemList order(some.begin(), some.end());
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
      return items_->popularity()[static_cast<std::size_t>(a)] > items_->popularity()[static_cast<std::size_t>(b)];
    });
    return order;
  }

  const scoring::Items* items_;
  const RankOptions* options_;
  ItemList order_;
};

void rank_table(ThreadPool& pool, const detail::CandidateTable& candidates, std::span<const scoring::Query> queries,
                const RankOptions& options, Ranking& ranking) {
  const detail::Filter filter(options.exclude);
  const PopularItems popular(candidates.items(), options);
  std::vector<scoring::Query> scored;
  std::vector<std::int32_t> scored_at;
  for (std::size_t p = 0; p < queries.size(); ++p) {
    if (queries[p].history.empty()) {
      popular.rank(queries[p], filter, static_cast<Index>(p), ranking);
    } else {
      scored.push_back(queries[p]);
      scored_at.push_back(static_cast<std::int32_t>(p));
    }
  }
  if (scored.empty() || ranking.items.cols() == 0) return;
  detail::TopLists lists(candidates, scored, scored_at, filter, ranking.items, ranking.scores, ranking.counts);
  detail::score_table(pool, candidates, scored, options.tiles, lists);
}

}  // namespace

Ranking::Ranking(Index n, Index most)
    : items(n, most),
      scores(Matrix<float>::zeros(n, most)),
      counts(static_cast<std::size_t>(n), 0),
      popular(static_cast<std::size_t>(n), 0) {
  fill(items.view(), -1);
}

Ranking rank(ThreadPool& pool, const scoring::Items& items, std::span<const scoring::Query> queries,
             const RankOptions& options) {
  check(items, options);
  scoring::check(items, queries);
  const auto num_queries = static_cast<Index>(queries.size());
  const Index candidates = options.only ? static_cast<Index>(options.only->size()) : items.size();
  Ranking ranking(num_queries, std::min(options.k, candidates));
  if (options.only) {
    rank_table(pool, detail::CandidateTable(items, *options.only), queries, options, ranking);
  } else {
    rank_table(pool, detail::CandidateTable(items), queries, options, ranking);
  }
  return ranking;
}

}  // namespace monet::rank
