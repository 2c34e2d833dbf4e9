#include "monet/rank/detail/user_block.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace monet::rank::detail {

namespace {

// A user is heavy when its history has this many items per panel of the table, and at least this many in all.
constexpr Index kHeavyPerPanel = 8;
constexpr Index kHeavyAtLeast = 32;

// exp flushes to zero below about 2^-126. A sum of n terms that lost such terms is off by at most n 2^-126, which is
// below float's rounding (2^-24) of a sum that is at least n 2^-102.
float smallest_safe_sum(Index terms) {
  return std::ldexp(static_cast<float>(terms), -101);
}

// A thread's last `slot_of_`, all -1: to make one for a million items takes longer than to rank a few hundred of them.
thread_local std::vector<std::int32_t> kept_slots;

}  // namespace

UserBlocks::UserBlocks(const scoring::Items& items, std::span<const scoring::Query> queries, Index max_users,
                       Index max_history_items)
    : items_(&items),
      queries_(queries),
      max_users_(max_users),
      max_history_items_(max_history_items),
      attention_(items.kind() == scoring::ScoreKind::target_aware && items.beta() != 0.0F) {
  if (!attention_) return;
  slot_of_.swap(kept_slots);
  if (slot_of_.size() < static_cast<std::size_t>(items.size())) {
    slot_of_.resize(static_cast<std::size_t>(items.size()), -1);
  }
}

UserBlocks::~UserBlocks() {
  for (const std::int32_t item : union_) slot_of_[static_cast<std::size_t>(item)] = -1;
  if (slot_of_.size() > kept_slots.size()) slot_of_.swap(kept_slots);
}

bool UserBlocks::next(UserBlock& block) {
  const Index count = static_cast<Index>(queries_.size());
  if (next_ == count) return false;
  for (const std::int32_t item : union_) slot_of_[static_cast<std::size_t>(item)] = -1;
  union_.clear();
  Index end = next_;
  for (; end < count && end - next_ < max_users_; ++end) {
    const scoring::Query& user = query(static_cast<std::int32_t>(end));
    if (!attended(user)) continue;
    const std::size_t before = union_.size();
    for (const std::int32_t item : user.history) {
      if (slot_of_[static_cast<std::size_t>(item)] >= 0) continue;
      union_.push_back(item);
      slot_of_[static_cast<std::size_t>(item)] = 0;
    }
    if (static_cast<Index>(union_.size()) > max_history_items_ && end > next_) {
      for (std::size_t i = before; i < union_.size(); ++i) slot_of_[static_cast<std::size_t>(union_[i])] = -1;
      union_.resize(before);
      break;
    }
  }
  order_rows(block, end);
  next_ = end;
  blend_vectors(block);
  collect_histories(block);
  plan_heavy(block);
  return true;
}

void UserBlocks::order_rows(UserBlock& block, Index end) {
  block.rows.resize(static_cast<std::size_t>(end - next_));
  std::iota(block.rows.begin(), block.rows.end(), static_cast<std::int32_t>(next_));
  if (!attention_) {
    block.first_attended = end - next_;
    return;
  }
  std::stable_sort(block.rows.begin(), block.rows.end(),
                   [&](std::int32_t a, std::int32_t b) { return query(a).history.size() < query(b).history.size(); });
  block.first_attended = std::partition_point(block.rows.begin(), block.rows.end(),
                                              [&](std::int32_t row) { return !attended(query(row)); }) -
                         block.rows.begin();
}

void UserBlocks::blend_vectors(UserBlock& block) const {
  const Index width = items_->width();
  const float general = attention_ ? 1.0F - items_->beta() : 1.0F;
  block.vectors = Matrix<float>(block.size(), width);
  for (Index b = 0; b < block.size(); ++b) {
    const scoring::Query& user = query(block.rows[static_cast<std::size_t>(b)]);
    const float* from = user.embedding.data();
    float* to = block.vectors.row(b);
    if (attention_ && user.history.size() == 1) {
      const float* item = items_->embedding().row(user.history[0]);
      for (Index c = 0; c < width; ++c) to[c] = general * from[c] + items_->beta() * item[c];
    } else {
      for (Index c = 0; c < width; ++c) to[c] = general * from[c];
    }
  }
}

void UserBlocks::collect_histories(UserBlock& block) {
  std::sort(union_.begin(), union_.end());
  const Index width = items_->width();
  block.history_items = Matrix<float>(static_cast<Index>(union_.size()), width);
  double max_square = 0.0;
  for (std::size_t slot = 0; slot < union_.size(); ++slot) {
    slot_of_[static_cast<std::size_t>(union_[slot])] = static_cast<std::int32_t>(slot);
    std::copy_n(items_->embedding().row(union_[slot]), width, block.history_items.row(static_cast<Index>(slot)));
    max_square = std::max(max_square, items_->square_norms()[static_cast<std::size_t>(union_[slot])]);
  }
  block.max_norm = static_cast<float>(std::sqrt(max_square));

  block.begin.assign(1, 0);
  block.slots.clear();
  block.min_sum.clear();
  for (Index b = block.first_attended; b < block.size(); ++b) {
    const scoring::Query& user = query(block.rows[static_cast<std::size_t>(b)]);
    for (const std::int32_t item : user.history) {
      block.slots.push_back(slot_of_[static_cast<std::size_t>(item)]);
    }
    block.begin.push_back(static_cast<Index>(block.slots.size()));
    block.min_sum.push_back(smallest_safe_sum(static_cast<Index>(user.history.size())));
  }
}

void UserBlocks::plan_heavy(UserBlock& block) {
  const Index panels = (block.num_history_items() + kPanelRows - 1) / kPanelRows;
  const Index at_least = std::max(kHeavyAtLeast, kHeavyPerPanel * panels);
  const auto degree = [&](Index a) {
    return block.begin[static_cast<std::size_t>(a) + 1] - block.begin[static_cast<std::size_t>(a)];
  };
  block.first_heavy = 0;
  while (block.first_heavy < block.num_attended() && degree(block.first_heavy) < at_least) ++block.first_heavy;

  const auto light_slots = static_cast<std::size_t>(block.begin[static_cast<std::size_t>(block.first_heavy)]);
  block.list_begin.assign(block.begin.begin(), block.begin.begin() + block.first_heavy + 1);
  block.list.assign(block.slots.begin(), block.slots.begin() + static_cast<std::ptrdiff_t>(light_slots));
  block.panel_begin.clear();
  for (Index h = 0; h < block.num_heavy(); ++h) {
    block.list.push_back(static_cast<std::int32_t>(block.num_history_items() + h));
    block.list_begin.push_back(static_cast<Index>(block.list.size()));
    const std::size_t a = static_cast<std::size_t>(block.first_heavy + h);
    const auto first = block.slots.begin() + block.begin[a];
    const auto last = block.slots.begin() + block.begin[a + 1];
    for (Index p = 0; p <= panels; ++p) {
      block.panel_begin.push_back(std::lower_bound(first, last, p * kPanelRows) - block.slots.begin());
    }
  }
}

}  // namespace monet::rank::detail
