#include "monet/rank/detail/top_lists.h"

#include "monet/kernels/topk.h"

#include <hwy/cache_control.h>

#include <algorithm>
#include <functional>
#include <limits>

namespace monet::rank::detail {

namespace {

// A k up to this is kept sorted: an insertion moves k / 2 keys, a longer list is cheaper cut in bulk.
constexpr Index kLongestSorted = 64;
// By the time a tile comes back to a user, the table has pushed the user's list out of the nearer caches.
constexpr Index kPrefetchRows = 8;
constexpr float kNothing = -std::numeric_limits<float>::infinity();

}  // namespace

TopLists::TopLists(const CandidateTable& candidates, std::span<const scoring::Query> queries,
                   std::span<const std::int32_t> positions, const Filter& filter, MatrixView<std::int32_t> items,
                   MatrixView<float> scores, std::span<std::int32_t> counts)
    : candidates_(&candidates),
      queries_(queries),
      positions_(positions),
      filter_(&filter),
      items_(items),
      scores_(scores),
      counts_(counts),
      num_items_(static_cast<std::int32_t>(candidates.size())),
      k_(items.cols),
      sorted_(k_ <= kLongestSorted),
      capacity_(sorted_ ? k_ : std::min(candidates.size(), 2 * k_)),
      prefetched_(sorted_ ? k_ : 0) {}

std::size_t TopLists::bytes_per_user() const {
  return static_cast<std::size_t>(capacity_) * sizeof(Key) + 2 * sizeof(std::int32_t) + sizeof(float) + sizeof(Index);
}

void TopLists::begin_block(std::span<const std::int32_t> rows, int workers) {
  rows_ = rows;
  collect_listed();
  workers_.resize(static_cast<std::size_t>(workers));
  const Index count = static_cast<Index>(rows.size());
  for (Lists& lists : workers_) {
    if (lists.keys.rows() < count) lists.keys = Matrix<Key>(count, capacity_);
    lists.sizes.assign(rows.size(), 0);
    lists.thresholds.assign(rows.size(), kNothing);
    lists.next_listed.assign(listed_begin_.begin(), listed_begin_.end() - 1);
    lists.listed.resize(rows.size());
    for (std::size_t b = 0; b < rows.size(); ++b) {
      const bool none = listed_begin_[b] == listed_begin_[b + 1];
      lists.listed[b] = none ? num_items_ : listed_[static_cast<std::size_t>(listed_begin_[b])];
      if (only_[b] != 0) lists.thresholds[b] = -kNothing;
    }
  }
}

void TopLists::collect_listed() {
  listed_begin_.assign(1, 0);
  listed_.clear();
  only_.clear();
  for (const std::int32_t row : rows_) {
    const scoring::Query& query = queries_[static_cast<std::size_t>(row)];
    const auto first = static_cast<std::ptrdiff_t>(listed_.size());
    only_.push_back(query.only ? 1 : 0);
    if (query.only) {
      filter_->append_allowed(query, listed_);
    } else {
      filter_->append_blocked(query, listed_);
    }
    candidates_->to_candidates(listed_, first);
    listed_begin_.push_back(static_cast<Index>(listed_.size()));
  }
}

void TopLists::tile(int worker, Index first, Index item_begin, MatrixView<float> scores) {
  Lists& lists = workers_[static_cast<std::size_t>(worker)];
  lists.columns.resize(
      std::max(lists.columns.size(), static_cast<std::size_t>(scores.rows * scores.cols + kernels::kFindAboveSlack)));
  lists.ends.resize(std::max(lists.ends.size(), static_cast<std::size_t>(scores.rows)));
  visit_listed(lists, first, item_begin, scores);
  kernels::find_above(scores, lists.thresholds.data() + first, lists.columns.data(), lists.ends.data());
  Index hit = 0;
  for (Index r = 0; r < scores.rows; ++r) {
    const Index end = lists.ends[static_cast<std::size_t>(r)];
    const Index ahead = r + kPrefetchRows;
    if (ahead < scores.rows &&
        lists.ends[static_cast<std::size_t>(ahead)] > lists.ends[static_cast<std::size_t>(ahead) - 1]) {
      const Key* keys = lists.keys.row(first + ahead);
      for (Index k = 0; k < prefetched_; k += 8) hwy::Prefetch(keys + k);
    }
    const float* row = scores.row(r);
    for (; hit < end; ++hit) {
      const std::int32_t column = lists.columns[static_cast<std::size_t>(hit)];
      add(lists, static_cast<std::size_t>(first + r),
          make_key(row[column], static_cast<std::int32_t>(item_begin + column)));
    }
  }
}

// A worker's items ascend, so each query's list is walked once. Blocked scores are overwritten; of the only candidates
// all are added here, as nothing exceeds such a query's threshold.
void TopLists::visit_listed(Lists& lists, Index first, Index item_begin, MatrixView<float> scores) const {
  const auto item_end = static_cast<std::int32_t>(item_begin + scores.cols);
  for (Index r = 0; r < scores.rows; ++r) {
    const auto b = static_cast<std::size_t>(first + r);
    while (lists.listed[b] < item_end) {
      const std::int32_t candidate = lists.listed[b];
      if (candidate >= item_begin) {
        float& score = scores(r, candidate - item_begin);
        if (only_[b] != 0) {
          add(lists, b, make_key(score, candidate));
        } else {
          score = kNothing;
        }
      }
      const Index next = ++lists.next_listed[b];
      lists.listed[b] = next == listed_begin_[b + 1] ? num_items_ : listed_[static_cast<std::size_t>(next)];
    }
  }
}

void TopLists::add(Lists& lists, std::size_t user, Key key) const {
  Key* keys = lists.keys.row(static_cast<Index>(user));
  Index size = lists.sizes[user];
  if (sorted_) {
    if (size == k_) {
      if (key < keys[k_ - 1]) return;  // beaten by an earlier item of this tile
      --size;
    }
    Index at = size;
    for (; at > 0 && keys[at - 1] < key; --at) keys[at] = keys[at - 1];
    keys[at] = key;
    ++size;
    if (size == k_ && only_[user] == 0) lists.thresholds[user] = key_score(keys[k_ - 1]);
  } else {
    keys[size++] = key;
    if (size == capacity_ && k_ < capacity_) {
      std::nth_element(keys, keys + k_ - 1, keys + size, std::greater<>());
      size = k_;
      if (only_[user] == 0) lists.thresholds[user] = key_score(keys[k_ - 1]);
    }
  }
  lists.sizes[user] = static_cast<std::int32_t>(size);
}

void TopLists::end_block(ThreadPool& pool) {
  pool.for_range(static_cast<Index>(rows_.size()), [&](Index begin, Index end, int) {
    std::vector<Key> keys;
    for (Index b = begin; b < end; ++b) {
      keys.clear();
      for (const Lists& lists : workers_) {
        const Key* from = lists.keys.row(b);
        keys.insert(keys.end(), from, from + lists.sizes[static_cast<std::size_t>(b)]);
      }
      write(positions_[static_cast<std::size_t>(rows_[static_cast<std::size_t>(b)])], keys);
    }
  });
}

void TopLists::write(std::int32_t row, std::vector<Key>& keys) {
  const Index count = std::min<Index>(k_, static_cast<Index>(keys.size()));
  if (count < static_cast<Index>(keys.size())) {
    std::nth_element(keys.begin(), keys.begin() + count, keys.end(), std::greater<>());
  }
  std::sort(keys.begin(), keys.begin() + count, std::greater<>());
  for (Index r = 0; r < count; ++r) {
    items_(row, r) = candidates_->item(key_item(keys[static_cast<std::size_t>(r)]));
    scores_(row, r) = key_score(keys[static_cast<std::size_t>(r)]);
  }
  counts_[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(count);
}

}  // namespace monet::rank::detail
