#pragma once

#include "monet/core/rng.h"
#include "monet/sharded/model.h"
#include "monet/sharded/shard.h"

#include <cstdint>
#include <vector>

namespace monet::sharded {

/// Draws the triples that train::Sampler draws of the whole set, in every process the same numbers, and keeps those of
/// own users. Of the others it needs to know how many interactions they have, no more: how many numbers a triple takes
/// does not depend on which items they are.
class Sampler {
 public:
  /// `shard` must outlive this. Throws DataError as train::Sampler.
  Sampler(const Shard& shard, int process);

  /// Users of the whole set that can be drawn.
  Index num_users() const { return static_cast<Index>(users_.size()); }
  /// As train::Sampler::draw.
  void draw(Rng& rng, Index size, ShardBatch& batch);
  /// As train::Sampler::draw_interactions. The order of an epoch takes 4 bytes an interaction of the whole set, in
  /// every process. Throws InvalidArgument for more than 2³² of them.
  void draw_interactions(std::uint64_t seed, int epoch, Index step, Index size, Rng& rng, ShardBatch& batch);

 private:
  void take(std::int32_t user, std::uint64_t place, std::uint64_t rank, ShardBatch& batch) const;
  void shuffle(std::uint64_t seed, int epoch);

  const Shard* shard_;
  dist::Share own_;
  std::vector<std::int32_t> users_;
  std::vector<std::size_t> swaps_;
  std::vector<Index> first_entry_;       // [users_ + 1]: interactions of the users before, of those that can be drawn
  std::vector<std::uint32_t> shuffled_;  // entries, of `shuffled_epoch_`
  int shuffled_epoch_ = -1;
};

}  // namespace monet::sharded
