#pragma once

#include "monet/core/csr.h"
#include "monet/core/rng.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace monet::train {

/// The item that has `rank` before it among those that ascending `history` leaves out. O(log history).
std::int32_t item_outside(std::span<const std::int32_t> history, std::int32_t rank);

/// (u, i, j) triples as MONET's published trainer draws them: distinct users that have training items (with repetition
/// only when there are fewer than the batch holds), for each one uniform training item and one uniform item outside
/// N_u. Users who have every item cannot give a negative and are never drawn. All state is the generator's.
///
/// Or, by `draw_interactions`, every training interaction once an epoch in shuffled order, with one uniform negative
/// each (as MMRec and most published code does).
///
/// With weights (a purchase tells more than a view) positives are drawn in proportion to them: a user's positive among
/// that user's items; in an epoch of interactions, each interaction weight · nnz / Σ weights times, rounded down or up
/// so that an epoch keeps its length.
class Sampler {
 public:
  /// `train` [U, I] must outlive the sampler, `weights` (one for each of its entries, positive and finite; empty: all
  /// 1) need not. Throws DataError when no user can be drawn, InvalidArgument for weights that do not fit.
  explicit Sampler(const Csr& train, std::span<const float> weights = {});

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
  std::int32_t draw_positive(std::int32_t user, Rng& rng) const;
  void shuffle(std::uint64_t seed, int epoch);

  const Csr* train_;
  std::vector<double> sums_;  // [nnz + 1]: weights of the entries before; empty: all weights are 1
  std::vector<std::int32_t> users_;
  std::vector<std::size_t> swaps_;
  std::vector<std::pair<std::int32_t, std::int32_t>> shuffled_;  // (user, item), of `shuffled_epoch_`
  int shuffled_epoch_ = -1;
};

}  // namespace monet::train
