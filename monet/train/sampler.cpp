#include "monet/train/sampler.h"

#include "monet/core/error.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace monet::train {

namespace {

// The item of rank `rank` among those that ascending `history` leaves out.
std::int32_t outside(std::span<const std::int32_t> history, std::int32_t rank) {
  // history[k] − k items before history[k] are outside; the first k where that exceeds `rank` gives the shift.
  std::size_t low = 0;
  std::size_t high = history.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (history[middle] - static_cast<std::int32_t>(middle) > rank) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return rank + static_cast<std::int32_t>(low);
}

std::int32_t draw_outside(std::span<const std::int32_t> history, Index num_items, Rng& rng) {
  const auto rest = static_cast<std::uint64_t>(num_items) - history.size();
  return outside(history, static_cast<std::int32_t>(rng.below(rest)));
}

}  // namespace

Sampler::Sampler(const Csr& train) : train_(&train) {
  for (Index u = 0; u < train.rows(); ++u) {
    if (train.degree(u) > 0 && train.degree(u) < train.cols()) users_.push_back(static_cast<std::int32_t>(u));
  }
  if (users_.empty()) {
    fail<DataError>("[train] none of the {} users has both a training item and an item left to contrast it with",
                    train.rows());
  }
}

void Sampler::draw(Rng& rng, Index size, Triples& triples) {
  const auto count = static_cast<std::size_t>(size);
  constexpr std::size_t kAhead = 8;  // histories lie apart
  triples.users.resize(count);
  triples.positives.resize(count);
  triples.negatives.resize(count);
  if (count <= users_.size()) {
    // The first `count` swaps of a Fisher–Yates shuffle, undone afterwards so that the order is no state.
    swaps_.resize(count);
    for (std::size_t b = 0; b < count; ++b) {
      swaps_[b] = b + rng.below(users_.size() - b);
      std::swap(users_[b], users_[swaps_[b]]);
      triples.users[b] = users_[b];
    }
    for (std::size_t b = count; b-- > 0;) std::swap(users_[b], users_[swaps_[b]]);
  } else {
    for (auto& user : triples.users) user = users_[rng.below(users_.size())];
  }
  for (std::size_t b = 0; b < count; ++b) {
    if (b + kAhead < count) __builtin_prefetch(train_->row(triples.users[b + kAhead]).data());
    const auto history = train_->row(triples.users[b]);
    triples.positives[b] = history[rng.below(history.size())];
    triples.negatives[b] = draw_outside(history, train_->cols(), rng);
  }
}

Index Sampler::draw_interactions(std::uint64_t seed, int epoch, Index step, Index size, Rng& rng, Triples& triples) {
  constexpr std::uint64_t kStream = 4;
  if (epoch != shuffled_epoch_) {
    shuffled_.clear();
    for (const std::int32_t user : users_) {
      for (const std::int32_t item : train_->row(user)) shuffled_.emplace_back(user, item);
    }
    Rng order(seed, kStream + (static_cast<std::uint64_t>(epoch) << 8U));
    for (std::size_t k = shuffled_.size(); k > 1; --k) std::swap(shuffled_[k - 1], shuffled_[order.below(k)]);
    shuffled_epoch_ = epoch;
  }
  const auto total = static_cast<Index>(shuffled_.size());
  const Index begin = std::min(step * size, total);
  const Index count = std::min(size, total - begin);
  triples.users.resize(static_cast<std::size_t>(count));
  triples.positives.resize(static_cast<std::size_t>(count));
  triples.negatives.resize(static_cast<std::size_t>(count));
  for (Index b = 0; b < count; ++b) {
    const auto k = static_cast<std::size_t>(b);
    std::tie(triples.users[k], triples.positives[k]) = shuffled_[static_cast<std::size_t>(begin + b)];
    triples.negatives[k] = draw_outside(train_->row(triples.users[k]), train_->cols(), rng);
  }
  return count;
}

}  // namespace monet::train
