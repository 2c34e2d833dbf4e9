#include "monet/train/sampler.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace monet::train {

std::int32_t item_outside(std::span<const std::int32_t> history, std::int32_t rank) {
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

namespace {

std::int32_t draw_outside(std::span<const std::int32_t> history, Index num_items, Rng& rng) {
  const auto rest = static_cast<std::uint64_t>(num_items) - history.size();
  return item_outside(history, static_cast<std::int32_t>(rng.below(rest)));
}

}  // namespace

Sampler::Sampler(const Csr& train, std::span<const float> weights) : train_(&train) {
  if (!weights.empty()) {
    if (weights.size() != train.indices().size()) {
      fail<InvalidArgument>("[train] {} weights for {} training interactions", weights.size(), train.indices().size());
    }
    sums_.push_back(0.0);
    for (const float weight : weights) {
      if (!(weight > 0.0F) || !std::isfinite(weight)) {
        fail<InvalidArgument>("[train] a training interaction weighs {}; weights must be positive", weight);
      }
      sums_.push_back(sums_.back() + static_cast<double>(weight));
    }
  }
  for (Index u = 0; u < train.rows(); ++u) {
    if (train.degree(u) > 0 && train.degree(u) < train.cols()) users_.push_back(static_cast<std::int32_t>(u));
  }
  if (users_.empty()) {
    fail<DataError>("[train] none of the {} users has both a training item and an item left to contrast it with",
                    train.rows());
  }
}

std::int32_t Sampler::draw_positive(std::int32_t user, Rng& rng) const {
  const auto history = train_->row(user);
  if (sums_.empty()) return history[rng.below(history.size())];
  const auto begin = sums_.begin() + static_cast<std::ptrdiff_t>(train_->indptr()[static_cast<std::size_t>(user)]);
  const auto end = begin + static_cast<std::ptrdiff_t>(history.size());
  const double at = *begin + rng.uniform() * (*end - *begin);
  const auto found = std::upper_bound(begin + 1, end, at);  // rounding may reach the sum: then the last entry
  return history[static_cast<std::size_t>(found - begin - 1)];
}

/// Lays out the interactions of an epoch.
void Sampler::shuffle(std::uint64_t seed, int epoch) {
  constexpr std::uint64_t kStream = 4;
  Rng order(seed, kStream + (static_cast<std::uint64_t>(epoch) << 8U));
  shuffled_.clear();
  std::vector<double> mass;  // with weights: up to and with each entry that can be drawn
  for (const std::int32_t user : users_) {
    auto entry = static_cast<std::size_t>(train_->indptr()[static_cast<std::size_t>(user)]);
    for (const std::int32_t item : train_->row(user)) {
      shuffled_.emplace_back(user, item);
      if (!sums_.empty()) mass.push_back((mass.empty() ? 0.0 : mass.back()) + sums_[entry + 1] - sums_[entry]);
      ++entry;
    }
  }
  if (!sums_.empty()) {
    // Systematic sampling: as many ticks as entries, evenly over the mass from a random start.
    const auto entries = std::exchange(shuffled_, {});
    const double step = mass.back() / static_cast<double>(entries.size());
    const double start = order.uniform() * step;
    std::size_t at = 0;
    for (std::size_t k = 0; k < entries.size(); ++k) {
      while (at + 1 < mass.size() && mass[at] <= start + static_cast<double>(k) * step) ++at;
      shuffled_.push_back(entries[at]);
    }
  }
  for (std::size_t k = shuffled_.size(); k > 1; --k) std::swap(shuffled_[k - 1], shuffled_[order.below(k)]);
  shuffled_epoch_ = epoch;
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
    triples.positives[b] = draw_positive(triples.users[b], rng);
    triples.negatives[b] = draw_outside(train_->row(triples.users[b]), train_->cols(), rng);
  }
}

Index Sampler::draw_interactions(std::uint64_t seed, int epoch, Index step, Index size, Rng& rng, Triples& triples) {
  if (epoch != shuffled_epoch_) shuffle(seed, epoch);
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
