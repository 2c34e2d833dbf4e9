#pragma once

#include "monet/graph/receptive_field.h"
#include "monet/sharded/shard_graph.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::sharded {

/// Which rows a batch needs at each layer, as graph::ReceptiveField says it, of every process's own users and items and
/// its ghosts. From the first layer whose rows carry most of the graph's edges, a layer is whole in every process.
class ShardField {
 public:
  struct Layer {
    bool all = true;
    std::vector<std::int32_t> users;   // own users in S_l, ascending
    std::vector<std::int32_t> items;   // own items in S_l
    std::vector<std::int32_t> ghosts;  // ghosts in S_l
    Route fetched;                     // ghosts that own users of S_l touch, whose rows they need
    Route reduced;                     // ghosts in S_l, which own users add to
  };

  /// `dense_share`: a layer with more than this share of the edges on either side is whole.
  ShardField(const ShardGraph& graph, int layers, double dense_share);

  /// Computes the sets of a batch: own users (may repeat) and own items that it reads in any process. Collective.
  void build(std::span<const std::int32_t> users, std::span<const std::int32_t> items);

  int layers() const { return static_cast<int>(layers_.size()) - 1; }
  /// S_l, l in [0, L]; l = 0 is what the loss reads.
  const Layer& layer(int l) const { return layers_[static_cast<std::size_t>(l)]; }

 private:
  bool is_dense(const Layer& layer) const;

  const ShardGraph* graph_;
  double dense_share_;
  std::vector<Layer> layers_;
  std::vector<std::uint8_t> user_marks_, item_marks_, ghost_marks_, touched_;
};

}  // namespace monet::sharded
