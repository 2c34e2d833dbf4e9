#pragma once

#include "monet/core/csr.h"
#include "monet/sharded/halo.h"
#include "monet/sharded/shard.h"

#include <span>
#include <vector>

namespace monet::sharded {

/// Items with an interaction in `train`, ascending.
std::vector<std::int32_t> touched_items(const Csr& train);

/// Some edges of own users in both directions, each weighing 1 / √(|N_u| |N_i|) with the numbers of the whole graph
/// (MONET Eq. 3).
struct Edges {
  Csr from_users;                         // [own users, columns]
  std::vector<float> weights_from_users;  // in its order
  Csr to_users;                           // transposed
  std::vector<float> weights_to_users;
};

/// A process's part of the user–item graph: the edges of its users, apart those to items that it owns and those to
/// ghosts. Immutable after construction.
class ShardGraph {
 public:
  /// `shard` must outlive this. Collective.
  ShardGraph(dist::Communicator& world, const Shard& shard);

  Index num_users() const { return static_cast<Index>(user_degrees_.size()); }  // own
  Index num_items() const { return static_cast<Index>(item_degrees_.size()); }  // own
  const Halo& halo() const { return halo_; }
  const Edges& own() const { return own_; }        // columns: own items
  const Edges& ghosts() const { return ghosts_; }  // columns: ghosts
  /// Interactions of own users and own items in the whole graph.
  std::span<const std::int32_t> user_degrees() const { return user_degrees_; }
  std::span<const std::int32_t> item_degrees() const { return item_degrees_; }
  /// Of the whole graph.
  Index num_edges() const { return num_edges_; }

 private:
  std::span<const std::int32_t> user_degrees_;
  std::span<const std::int32_t> item_degrees_;
  Index num_edges_;
  Halo halo_;
  Edges own_;
  Edges ghosts_;
};

}  // namespace monet::sharded
