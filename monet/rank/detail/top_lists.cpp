#include "monet/rank/detail/top_lists.h"

#include "monet/kernels/topk.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>

namespace monet::rank::detail {

Key make_key(float score, std::int32_t item) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);
  const std::uint32_t ordered = bits ^ ((bits >> 31) != 0 ? 0xffffffffU : 0x80000000U);
  return (static_cast<Key>(ordered) << 32) | (0xffffffffU - static_cast<std::uint32_t>(item));
}

float key_score(Key key) {
  const auto ordered = static_cast<std::uint32_t>(key >> 32);
  return std::bit_cast<float>(ordered ^ ((ordered >> 31) != 0 ? 0x80000000U : 0xffffffffU));
}

std::int32_t key_item(Key key) {
  return static_cast<std::int32_t>(0xffffffffU - static_cast<std::uint32_t>(key));
}

TopLists::TopLists(std::span<const std::int32_t> users, std::span<const std::int32_t> positions, Index num_items,
                   const Filter& filter, MatrixView<std::int32_t> items, MatrixView<float> scores,
                   std::span<std::int32_t> counts)
    : users_(users),
      positions_(positions),
      filter_(&filter),
      items_(items),
      scores_(scores),
      counts_(counts),
      k_(items.cols),
      capacity_(std::min(num_items, std::max(2 * k_, k_ + 32))) {}

std::size_t TopLists::bytes_per_user() const {
  return static_cast<std::size_t>(capacity_) * sizeof(Key) + sizeof(std::int32_t) + sizeof(float);
}

void TopLists::begin_block(std::span<const std::int32_t> rows, int workers) {
  rows_ = rows;
  workers_.resize(static_cast<std::size_t>(workers));
  const Index count = static_cast<Index>(rows.size());
  for (Lists& lists : workers_) {
    if (lists.keys.rows() < count) lists.keys = Matrix<Key>(count, capacity_);
    lists.sizes.assign(rows.size(), 0);
    lists.thresholds.assign(rows.size(), -std::numeric_limits<float>::infinity());
  }
}

void TopLists::tile(int worker, Index first, Index item_begin, MatrixView<const float> scores) {
  Lists& lists = workers_[static_cast<std::size_t>(worker)];
  lists.columns.resize(
      std::max(lists.columns.size(), static_cast<std::size_t>(scores.rows * scores.cols + kernels::kFindAboveSlack)));
  lists.ends.resize(std::max(lists.ends.size(), static_cast<std::size_t>(scores.rows)));
  kernels::find_above(scores, lists.thresholds.data() + first, lists.columns.data(), lists.ends.data());
  Index hit = 0;
  for (Index r = 0; r < scores.rows; ++r) {
    const Index end = lists.ends[static_cast<std::size_t>(r)];
    if (hit == end) continue;
    const std::size_t b = static_cast<std::size_t>(first + r);
    const std::int32_t position = rows_[b];
    const std::int32_t user = users_[static_cast<std::size_t>(position)];
    const std::int32_t output = positions_[static_cast<std::size_t>(position)];
    const float* row = scores.row(r);
    Key* keys = lists.keys.row(static_cast<Index>(b));
    Index size = lists.sizes[b];
    float threshold = lists.thresholds[b];
    for (; hit < end; ++hit) {
      const std::int32_t column = lists.columns[static_cast<std::size_t>(hit)];
      const auto item = static_cast<std::int32_t>(item_begin + column);
      if (!(row[column] > threshold) || filter_->blocks(user, output, item)) continue;
      keys[size++] = make_key(row[column], item);
      if (size == capacity_ && k_ < capacity_) {
        std::nth_element(keys, keys + k_ - 1, keys + size, std::greater<>());
        size = k_;
        threshold = key_score(keys[k_ - 1]);
      }
    }
    lists.sizes[b] = static_cast<std::int32_t>(size);
    lists.thresholds[b] = threshold;
  }
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
    items_(row, r) = key_item(keys[static_cast<std::size_t>(r)]);
    scores_(row, r) = key_score(keys[static_cast<std::size_t>(r)]);
  }
  counts_[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(count);
}

}  // namespace monet::rank::detail
