#pragma once

#include "monet/core/csr.h"
#include "monet/core/rng.h"

#include <cstdint>
#include <vector>

namespace monet::train {

/// (u, i, j) triples as MONET's published trainer draws them: distinct users that have training items (with repetition
/// only when there are fewer than the batch holds), for each one uniform training item and one uniform item outside
/// N_u. Users who have every item cannot give a negative and are never drawn. All state is the generator's.
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

 private:
  const Csr* train_;
  std::vector<std::int32_t> users_;
  std::vector<std::size_t> swaps_;
};

}  // namespace monet::train
