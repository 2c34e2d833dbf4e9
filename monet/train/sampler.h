#pragma once

#include "monet/core/csr.h"
#include "monet/core/rng.h"

#include <cstdint>
#include <vector>

namespace monet::train {

/// (u, i, j) triples as MONET's published trainer draws them: distinct users that have training items (with repetition
/// only when there are fewer than the batch holds), for each one uniform training item and one uniform item outside
/// N_u. Users who have every item cannot give a negative and are never drawn. All state is the generator's.
///
/// Or, by `draw_interactions`, every training interaction once an epoch in shuffled order, with one uniform negative
/// each (as MMRec and most published code does).
class Sampler {
 public:
  /// `train` [U, I] must outlive the sampler. Throws DataError when no user can be drawn.
  explicit Sampler(const Csr& train);

  /// Users that can be drawn.
  Index num_users() const { return static_cast<Index>(users_.size()); }

  struct Triples {
    std::vector<std::int32_t> users, positives, negatives;
  };
  /// Fills `triples` with `size` entries. O(size log degree).
  void draw(Rng& rng, Index size, Triples& triples);
  /// Triples [step * size, (step + 1) * size) of epoch `epoch`, fewer at its end. The order follows from `seed` and the
  /// epoch alone, so that an epoch can be gone on with anywhere; `rng` draws the negatives. O(nnz) when the epoch is
  /// not that of the call before. Returns how many.
  Index draw_interactions(std::uint64_t seed, int epoch, Index step, Index size, Rng& rng, Triples& triples);

 private:
  const Csr* train_;
  std::vector<std::int32_t> users_;
  std::vector<std::size_t> swaps_;
  std::vector<std::pair<std::int32_t, std::int32_t>> shuffled_;  // (user, item), of `shuffled_epoch_`
  int shuffled_epoch_ = -1;
};

}  // namespace monet::train
