#pragma once

#include "monet/core/thread_pool.h"
#include "monet/core/view.h"
#include "monet/eval/lists.h"

#include <span>
#include <vector>

namespace monet::eval {

/// How alike the items of a list are by features.
class ListSimilarity {
 public:
  /// `features` [I, d] must outlive this. O(I d).
  ListSimilarity(ThreadPool& pool, MatrixView<const float> features);

  /// out[r, n] is the mean cosine over the pairs of different items among the first `ks[n]` of list r, NaN where there
  /// are fewer than two. An item whose features are all zero has cosine 0 with every other. Sums are in double and do
  /// not depend on the number of threads. `out` is [lists, ks]. O((lists K + I) d) for the largest K, not K² d: the
  /// cosines of all pairs are (|Σ u|² − n) / 2 for n unit vectors u. O(I + lists) memory.
  void of_lists(ThreadPool& pool, const Lists& lists, std::span<const Index> ks, MatrixView<double> out) const;

 private:
  MatrixView<const float> features_;
  std::vector<double> inverse_norms_;  // 0 for a row of zeros
};

}  // namespace monet::eval
