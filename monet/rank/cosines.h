#pragma once

#include "monet/core/growing.h"
#include "monet/core/thread_pool.h"
#include "monet/core/view.h"

#include <cstdint>
#include <vector>

namespace monet::rank {

/// An item and how near it is.
struct Neighbour {
  std::int32_t item = 0;
  float score = 0.0F;
};

/// Nearest items by the cosine of their rows. The norms are taken once; a view of rows that must outlive it. Immutable;
/// may be shared between threads.
class Cosines {
 public:
  /// `rows` [I, D]. O(I D).
  explicit Cosines(MatrixView<const float> rows);

  /// The same rows and more behind them: `longer` begins with them (the memory may be another). O(new D).
  Cosines extended(MatrixView<const float> longer) const;

  /// The k items of largest cosine with `item`, which is not among them: best first, ties by item. An item of norm 0 or
  /// of a value that is not finite has no direction: it is nobody's neighbour and has none. Throws InvalidArgument for
  /// k < 1 or an item outside [0, I). O(I D).
  std::vector<Neighbour> nearest(ThreadPool& pool, std::int32_t item, Index k) const;
  /// The cosine of two items, 0 where one has no direction. O(D).
  float between(std::int32_t a, std::int32_t b) const;
  /// The same of all items that have a direction, in their order.
  std::vector<Neighbour> all(ThreadPool& pool, std::int32_t item) const;

 private:
  float inverse_norm(Index row) const { return inverse_norms_.values()[static_cast<std::size_t>(row)]; }

  MatrixView<const float> rows_;
  Growing<float> inverse_norms_;  // 0: no direction
};

/// The same by the products of rows in place of their cosines: what target-aware attention compares items by. Throws
/// as `Cosines::nearest`. O(I D).
std::vector<Neighbour> nearest_by_product(ThreadPool& pool, MatrixView<const float> rows, std::int32_t item, Index k);

/// The k best of `neighbours`, best first, ties by item.
std::vector<Neighbour> best(std::vector<Neighbour> neighbours, Index k);

}  // namespace monet::rank
