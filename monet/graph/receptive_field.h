#pragma once

#include "monet/graph/bipartite.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::graph {

/// Some rows of one side (users or items) of the graph, or all of them.
struct RowSet {
  bool all = true;
  std::vector<std::int32_t> rows;  // ascending, unique; unused when `all`
  Index count = 0;                 // rows.size(), or the side's size when `all`
};

/// Which rows a batch needs at each propagation layer (S_0 = the batch's users, items and histories, S_{l+1} =
/// S_l ∪ neighbours(S_l); layer L-l is wanted on S_l only). A side whose rows carry most of the graph's edges is
/// widened to `all`, where whole passes are faster. Buffers are reused by `build`.
class ReceptiveField {
 public:
  /// `layers` L >= 0. `dense_share`: a set whose rows hold more than this share of all edges counts as `all`;
  /// `first_share` is the same for S_0, the rows that the loss reads.
  ReceptiveField(const Bipartite& graph, int layers, double dense_share, double first_share);
  ReceptiveField(const Bipartite& graph, int layers, double dense_share = 0.5)
      : ReceptiveField(graph, layers, dense_share, dense_share) {}

  /// Computes the sets of a batch. `users` and `items` may repeat. `with_histories` adds the training items of `users`
  /// to S_0 (target-aware attention needs them). O(edges of the sets that are not `all`).
  void build(std::span<const std::int32_t> users, std::span<const std::int32_t> items, bool with_histories);

  int layers() const { return static_cast<int>(users_.size()) - 1; }
  /// S_l of each side, l in [0, L]; l = 0 is what the loss reads.
  const RowSet& users(int l) const { return users_[static_cast<std::size_t>(l)]; }
  const RowSet& items(int l) const { return items_[static_cast<std::size_t>(l)]; }

 private:
  const Bipartite* graph_;
  double dense_share_;
  double first_share_;
  std::vector<RowSet> users_;
  std::vector<RowSet> items_;
  std::vector<std::uint8_t> user_mark_;
  std::vector<std::uint8_t> item_mark_;
};

}  // namespace monet::graph
