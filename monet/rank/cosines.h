#pragma once

#include "monet/core/growing.h"
#include "monet/core/thread_pool.h"
#include "monet/core/view.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace monet::rank {

/// An item and how near it is.
struct Neighbour {
  std::int32_t item = 0;
  float score = 0.0F;
};

/// Nearest items by the cosine of their rows. The norms are taken once, when they are first asked for; a view of rows
/// that must outlive it. Immutable to its users; may be shared between threads.
class Cosines {
 public:
  /// `rows` [I, D]. O(1); O(I D) at the first question.
  explicit Cosines(MatrixView<const float> rows);

  /// The same rows and more behind them: `longer` begins with them (the memory may be another). Norms that were taken
  /// are kept.
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
  struct Norms {
    std::once_flag once;
    std::atomic<bool> taken = false;
    Growing<float> inverse;  // 0: no direction
  };
  std::span<const float> inverse_norms() const;

  MatrixView<const float> rows_;
  Growing<float> known_;  // of the first rows
  std::shared_ptr<Norms> norms_ = std::make_shared<Norms>();
};

/// The same by the products of rows in place of their cosines: what target-aware attention compares items by. Throws
/// as `Cosines::nearest`. O(I D).
std::vector<Neighbour> nearest_by_product(ThreadPool& pool, MatrixView<const float> rows, std::int32_t item, Index k);

/// The k best of `neighbours`, best first, ties by item.
std::vector<Neighbour> best(std::vector<Neighbour> neighbours, Index k);

}  // namespace monet::rank
