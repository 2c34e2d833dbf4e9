#include "monet/candidates/rank.h"

#include "monet/candidates/detail/search.h"
#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

namespace monet::candidates {

namespace {

using RowList = std::vector<std::int32_t>;

// Of the items: so few that are allowed are scored one by one.
constexpr Index kFewAllowed = 16;
// Of the items: a list as long as that leaves an index nothing to rule out.
constexpr Index kLongList = 16;

RowList blocked_for(const scoring::Query& query, const rank::RankOptions& options) {
  RowList blocked(query.exclude.begin(), query.exclude.end());
  if (!query.repeat) blocked.insert(blocked.end(), query.history.begin(), query.history.end());
  blocked.insert(blocked.end(), options.exclude.begin(), options.exclude.end());
  std::sort(blocked.begin(), blocked.end());
  return blocked;
}

/// The only candidates of a query; none: all items.
std::optional<std::span<const std::int32_t>> only_for(const scoring::Query& query, const rank::RankOptions& options,
                                                      RowList& memory) {
  if (!query.only) return options.only;
  if (!options.only) return query.only;
  std::set_intersection(query.only->begin(), query.only->end(), options.only->begin(), options.only->end(),
                        std::back_inserter(memory));
  return std::span<const std::int32_t>(memory);
}

void put_row(const rank::Ranking& from, Index row, Index to, Result& result) {
  const std::span<const std::int32_t> items = from.row(row);
  std::copy(items.begin(), items.end(), result.ranking.items.row(to));
  std::copy_n(from.scores.row(row), items.size(), result.ranking.scores.row(to));
  const auto at = static_cast<std::size_t>(to);
  result.ranking.counts[at] = static_cast<std::int32_t>(items.size());
  result.ranking.popular[at] = from.popular[static_cast<std::size_t>(row)];
}

/// One query by the index. False: it is left to a whole scan.
bool rank_one(const scoring::Items& items, const CellIndex& index, const scoring::Query& query, const Options& options,
              Index to, Result& result) {
  const auto at = static_cast<std::size_t>(to);
  RowList memory;
  const auto only = only_for(query, options.rank, memory);
  if (only && static_cast<Index>(only->size()) <= items.size() / kFewAllowed) {
    ThreadPool pool(1);
    scoring::Query own = query;
    own.only.reset();
    rank::RankOptions few = options.rank;
    few.only = only;
    put_row(rank::rank(pool, items, {&own, 1}, few), 0, to, result);
    result.looked_at[at] = static_cast<Index>(only->size());
    return true;
  }
  const detail::Allowed allowed(items.size(), blocked_for(query, options.rank), only);
  detail::Search search(index, items, query, allowed, result.ranking.items.cols());
  const double most =
      options.exact ? static_cast<double>(items.size()) : std::ceil(options.share * static_cast<double>(items.size()));
  if (!search.run(options.exact ? std::numeric_limits<Index>::max() : static_cast<Index>(most))) return false;
  put_row(search.ranking(), 0, to, result);
  result.exactness[at] = search.proved() ? Exactness::proved : Exactness::unproved;
  result.looked_at[at] = search.looked_at();
  return true;
}

void check_fit(const scoring::Items& items, const CellIndex& index, const Options& options) {
  if (index.size() > items.size() || index.width() != items.width()) {
    fail<InvalidArgument>("[candidates] an index of {} items of {} columns, for {} of {}", index.size(), index.width(),
                          items.size(), items.width());
  }
  if (!(options.share > 0.0 && options.share <= 1.0)) {
    fail<InvalidArgument>("[candidates] `share` is {}, must lie in (0, 1]", options.share);
  }
}

}  // namespace

std::string_view to_string(Exactness exactness) {
  switch (exactness) {
    case Exactness::scanned: return "scanned";
    case Exactness::proved: return "proved";
    case Exactness::unproved: break;
  }
  return "unproved";
}

Result rank(ThreadPool& pool, const scoring::Items& items, const CellIndex* index,
            std::span<const scoring::Query> queries, const Options& options) {
  const std::size_t count = queries.size();
  Result result{rank::Ranking(0, 0), std::vector<Exactness>(count, Exactness::scanned),
                std::vector<Index>(count, items.size())};
  const rank::RankOptions& ranked = options.rank;
  const Index most = ranked.only ? static_cast<Index>(ranked.only->size()) : items.size();
  const bool searched = index != nullptr && CellIndex::fits(items) && ranked.k >= 1 && most > 0 &&
                        std::min(ranked.k, most) <= items.size() / kLongList;
  if (!searched) {
    result.ranking = rank::rank(pool, items, queries, ranked);
    return result;
  }
  check_fit(items, *index, options);
  rank::rank(pool, items, {}, ranked);  // checks the lists of all
  scoring::check(items, queries);
  result.ranking = rank::Ranking(static_cast<Index>(count), std::min(ranked.k, most));
  std::vector<std::uint8_t> done(count, 0);
  pool.for_range(static_cast<Index>(count), [&](Index begin, Index end, int) {
    for (Index q = begin; q < end; ++q) {
      const auto at = static_cast<std::size_t>(q);
      if (queries[at].history.empty()) continue;
      done[at] = rank_one(items, *index, queries[at], options, q, result) ? 1 : 0;
    }
  });
  std::vector<scoring::Query> rest;
  std::vector<Index> places;
  for (std::size_t q = 0; q < count; ++q) {
    if (done[q] != 0) continue;
    rest.push_back(queries[q]);
    places.push_back(static_cast<Index>(q));
  }
  if (!rest.empty()) {
    const rank::Ranking whole = rank::rank(pool, items, rest, ranked);
    for (std::size_t r = 0; r < rest.size(); ++r) put_row(whole, static_cast<Index>(r), places[r], result);
  }
  result.ranking.num_popular = std::count(result.ranking.popular.begin(), result.ranking.popular.end(), 1);
  return result;
}

}  // namespace monet::candidates
