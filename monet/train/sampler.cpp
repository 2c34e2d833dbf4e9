#include "monet/train/sampler.h"

#include "monet/core/error.h"

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
    const auto history = train_->row(triples.users[b]);
    triples.positives[b] = history[rng.below(history.size())];
    const auto rest = static_cast<std::uint64_t>(train_->cols()) - history.size();
    triples.negatives[b] = outside(history, static_cast<std::int32_t>(rng.below(rest)));
  }
}

}  // namespace monet::train
