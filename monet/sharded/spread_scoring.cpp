#include "monet/sharded/spread_scoring.h"

#include "monet/core/memory.h"
#include "monet/dist/collectives.h"
#include "monet/eval/user_queries.h"
#include "monet/rank/rank.h"
#include "monet/scoring/items.h"
#include "monet/sharded/batch_items.h"
#include "monet/sharded/evaluate.h"
#include "monet/sharded/halo.h"
#include "monet/sharded/shard_graph.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace monet::sharded {

namespace {

// A pattern of users and items with other columns: `column` gives them ascending, or -1 for those to be left out.
template <class Column>
Csr with_columns(const Csr& pattern, Index columns, Column&& column) {
  std::vector<Index> indptr{0};
  std::vector<std::int32_t> indices;
  for (Index u = 0; u < pattern.rows(); ++u) {
    for (const std::int32_t item : pattern.row(u)) {
      if (const std::int32_t at = column(item); at >= 0) indices.push_back(at);
    }
    indptr.push_back(static_cast<Index>(indices.size()));
  }
  return {pattern.rows(), columns, std::move(indptr), std::move(indices)};
}

// Lists of the best so far, which grow by those of another block with greater item numbers.
class Merged {
 public:
  Merged(Index users, Index k) : lists_(users, k) {}

  void add(const rank::Ranking& block, std::int32_t shift) {
    std::vector<std::pair<float, std::int32_t>> both;
    for (Index r = 0; r < lists_.items.rows(); ++r) {
      both.clear();
      append(lists_, r, 0, both);
      append(block, r, shift, both);
      // The earlier block first where scores are equal: its items have smaller numbers.
      std::stable_sort(both.begin(), both.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
      const auto count = std::min(static_cast<Index>(both.size()), lists_.items.cols());
      for (Index n = 0; n < count; ++n) {
        lists_.scores(r, n) = both[static_cast<std::size_t>(n)].first;
        lists_.items(r, n) = both[static_cast<std::size_t>(n)].second;
      }
      lists_.counts[static_cast<std::size_t>(r)] = static_cast<std::int32_t>(count);
    }
    lists_.num_popular = block.num_popular;
  }
  const rank::Ranking& lists() const { return lists_; }

 private:
  static void append(const rank::Ranking& from, Index row, std::int32_t shift,
                     std::vector<std::pair<float, std::int32_t>>& to) {
    for (Index n = 0; n < from.counts[static_cast<std::size_t>(row)]; ++n) {
      to.emplace_back(from.scores(row, n), from.items(row, n) + shift);
    }
  }

  rank::Ranking lists_;
};

}  // namespace

std::size_t SpreadScoring::fitting_bytes() {
  const std::uint64_t available = available_memory();
  return available == 0 ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(available / 4);
}

SpreadScoring::SpreadScoring(dist::Communicator& world, autograd::Tape& tape, const Shard& shard,
                             const scoring::Scoring& own, std::size_t most_bytes)
    : world_(world), shard_(shard), own_(own) {
  const auto bytes = static_cast<std::size_t>(shard.num_items() * own.item_embedding.cols) * sizeof(float);
  whole_ = dist::all_reduced(world, bytes <= most_bytes ? 1 : 0, dist::Reduction::least) > 0;
  for (const std::int32_t degree : shard.item_degrees) popularity_.push_back(static_cast<float>(degree));
  if (!whole_) {
    touched_ = touched_items(shard.train);
    const BatchItems rows(world, shard.partition.items, touched_);
    items_ = Matrix<float>(rows.size(), own.item_embedding.cols);
    Fetch(world, tape, rows.route(), own.item_embedding, items_.view()).wait();
    return;
  }
  const Ranges& ranges = shard.partition.items;
  const dist::Share mine = ranges.of(world.rank());
  items_ = Matrix<float>(shard.num_items(), own.item_embedding.cols);
  copy<float>(own.item_embedding, items_.view().row_range(mine.begin, mine.end - mine.begin));
  std::vector<dist::Share> shares;
  for (int r = 0; r < world.size(); ++r) shares.push_back(ranges.of(r));
  dist::all_gather_rows(world, shares, items_.view());
}

eval::Evaluation SpreadScoring::evaluate(ThreadPool& pool, std::span<const float> prior, const Csr& targets,
                                         const std::vector<Index>& ks) const {
  if (!whole_) return evaluate_blocks(pool, prior, targets, ks);
  scoring::Scoring scoring = own_;
  scoring.item_embedding = items_.view();
  scoring.item_popularity = popularity_;
  scoring.history = shard_.train.view();
  scoring.item_prior = prior;
  eval::EvaluateOptions options;
  options.ks = ks;
  return sharded::evaluate(world_, pool, scoring, targets, options);
}

eval::Evaluation SpreadScoring::evaluate_blocks(ThreadPool& pool, std::span<const float> prior, const Csr& targets,
                                                const std::vector<Index>& ks) const {
  std::vector<std::int32_t> users;
  for (Index u = 0; u < targets.rows(); ++u) {
    if (targets.degree(u) > 0) users.push_back(static_cast<std::int32_t>(u));
  }
  rank::RankOptions options;
  options.k = *std::max_element(ks.begin(), ks.end());
  Merged merged(static_cast<Index>(users.size()), options.k);
  const Index own_rows = items_.rows();
  const Index width = own_.item_embedding.cols;
  Index largest = 0;
  for (int process = 0; process < world_.size(); ++process) {
    largest = std::max(largest, shard_.partition.items.count(process));
  }
  // Rows of the histories, which are no candidates, and behind them those of a block.
  Matrix<float> table(own_rows + largest, width);
  copy<float>(items_.view(), table.view().row_range(0, own_rows));
  const Csr histories = with_columns(shard_.train, own_rows, [&](std::int32_t item) {
    return static_cast<std::int32_t>(std::lower_bound(touched_.begin(), touched_.end(), item) - touched_.begin());
  });
  for (int process = 0; process < world_.size(); ++process) {
    const dist::Share block = shard_.partition.items.of(process);
    const Index count = block.end - block.begin;
    const Index rows = own_rows + count;
    if (process == world_.rank()) copy<float>(own_.item_embedding, table.view().row_range(own_rows, count));
    dist::broadcast(world_, std::span(table.data() + own_rows * width, static_cast<std::size_t>(count * width)),
                    process);
    if (users.empty() || count == 0) continue;
    const Csr had = with_columns(shard_.train, rows, [&](std::int32_t item) {
      return item >= block.begin && item < block.end ? static_cast<std::int32_t>(own_rows + item - block.begin) : -1;
    });
    std::vector<float> popularity;
    std::vector<float> priors;
    const auto add_row = [&](Index item) {
      popularity.push_back(popularity_[static_cast<std::size_t>(item)]);
      if (!prior.empty()) priors.push_back(prior[static_cast<std::size_t>(item)]);
    };
    for (const std::int32_t item : touched_) add_row(item);
    for (Index item = block.begin; item < block.end; ++item) add_row(item);
    std::vector<std::int32_t> candidates(static_cast<std::size_t>(count));
    std::iota(candidates.begin(), candidates.end(), static_cast<std::int32_t>(own_rows));
    scoring::Scoring scoring = own_;
    scoring.item_embedding = table.view().row_range(0, rows);
    scoring.item_popularity = popularity;
    scoring.item_prior = priors;
    scoring.history = histories.view();
    scoring.history.cols = rows;
    options.only = candidates;
    const eval::UserQueries queries(scoring, users, {had.view()});
    merged.add(rank::rank(pool, scoring::Items(scoring), queries.queries(), options),
               static_cast<std::int32_t>(block.begin - own_rows));
  }
  eval::Evaluation own;
  if (!users.empty()) own = eval::evaluate_lists(pool, merged.lists(), users, targets, ks);
  return reduced(world_, own);
}

}  // namespace monet::sharded
