#include "monet/sharded/sampler.h"

#include "monet/core/error.h"
#include "monet/train/sampler.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace monet::sharded {

Sampler::Sampler(const Shard& shard, int process) : shard_(&shard), own_(shard.partition.users.of(process)) {
  for (Index u = 0; u < shard.num_users(); ++u) {
    const std::int32_t degree = shard.user_degrees[static_cast<std::size_t>(u)];
    if (degree > 0 && degree < shard.num_items()) users_.push_back(static_cast<std::int32_t>(u));
  }
  if (users_.empty()) {
    fail<DataError>("[train] none of the {} users has both a training item and an item left to contrast it with",
                    shard.num_users());
  }
}

void Sampler::take(std::int32_t user, std::uint64_t place, std::uint64_t rank, ShardBatch& batch) const {
  if (user < own_.begin || user >= own_.end) return;
  const auto row = user - static_cast<std::int32_t>(own_.begin);
  const auto history = shard_->train.row(row);
  batch.users.push_back(row);
  batch.positives.push_back(history[place]);
  batch.negatives.push_back(train::item_outside(history, static_cast<std::int32_t>(rank)));
}

void Sampler::draw(Rng& rng, Index size, ShardBatch& batch) {
  const auto count = static_cast<std::size_t>(size);
  batch = {};
  batch.size = size;
  std::vector<std::int32_t> drawn(count);
  if (count <= users_.size()) {
    swaps_.resize(count);
    for (std::size_t b = 0; b < count; ++b) {
      swaps_[b] = b + rng.below(users_.size() - b);
      std::swap(users_[b], users_[swaps_[b]]);
      drawn[b] = users_[b];
    }
    for (std::size_t b = count; b-- > 0;) std::swap(users_[b], users_[swaps_[b]]);
  } else {
    for (auto& user : drawn) user = users_[rng.below(users_.size())];
  }
  for (const std::int32_t user : drawn) {
    const auto degree = static_cast<std::uint64_t>(shard_->user_degrees[static_cast<std::size_t>(user)]);
    const std::uint64_t place = rng.below(degree);
    const std::uint64_t rank = rng.below(static_cast<std::uint64_t>(shard_->num_items()) - degree);
    take(user, place, rank, batch);
  }
}

void Sampler::shuffle(std::uint64_t seed, int epoch) {
  constexpr std::uint64_t kStream = 4;
  if (first_entry_.empty()) {
    first_entry_.push_back(0);
    for (const std::int32_t user : users_) {
      first_entry_.push_back(first_entry_.back() + shard_->user_degrees[static_cast<std::size_t>(user)]);
    }
    if (first_entry_.back() > std::numeric_limits<std::uint32_t>::max()) {
      fail<InvalidArgument>(
          "[train] an epoch of {} interactions cannot be shuffled over processes, 4294967295 can; use `sampling users`",
          first_entry_.back());
    }
  }
  Rng order(seed, kStream + (static_cast<std::uint64_t>(epoch) << 8U));
  shuffled_.resize(static_cast<std::size_t>(first_entry_.back()));
  std::iota(shuffled_.begin(), shuffled_.end(), 0U);
  for (std::size_t k = shuffled_.size(); k > 1; --k) std::swap(shuffled_[k - 1], shuffled_[order.below(k)]);
  shuffled_epoch_ = epoch;
}

void Sampler::draw_interactions(std::uint64_t seed, int epoch, Index step, Index size, Rng& rng, ShardBatch& batch) {
  if (epoch != shuffled_epoch_) shuffle(seed, epoch);
  const auto total = static_cast<Index>(shuffled_.size());
  const Index begin = std::min(step * size, total);
  const Index count = std::min(size, total - begin);
  batch = {};
  batch.size = count;
  for (Index b = 0; b < count; ++b) {
    const Index entry = shuffled_[static_cast<std::size_t>(begin + b)];
    const auto at = std::upper_bound(first_entry_.begin(), first_entry_.end(), entry) - first_entry_.begin() - 1;
    const std::int32_t user = users_[static_cast<std::size_t>(at)];
    const auto degree = static_cast<std::uint64_t>(shard_->user_degrees[static_cast<std::size_t>(user)]);
    const std::uint64_t rank = rng.below(static_cast<std::uint64_t>(shard_->num_items()) - degree);
    take(user, static_cast<std::uint64_t>(entry - first_entry_[static_cast<std::size_t>(at)]), rank, batch);
  }
}

}  // namespace monet::sharded
